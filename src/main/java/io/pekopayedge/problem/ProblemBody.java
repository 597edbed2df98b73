package io.pekopayedge.problem;

import java.nio.charset.StandardCharsets;

/** A problem as {@code application/problem+json} (RFC 9457). */
public final class ProblemBody {
    public static final String MEDIA_TYPE = "application/problem+json";

    private ProblemBody() {}

    /** @param requestId ours; nothing here is a client's, so nothing needs escaping but quotes in our own words */
    public static byte[] json(EdgeProblem problem, String requestId) {
        Problem kind = problem.problem();
        return ("{\"type\":\"urn:pekopay-edge:problem:" + kind.label()
                        + "\",\"title\":\"" + kind.title()
                        + "\",\"status\":" + kind.status()
                        + ",\"detail\":\""
                        + problem.detail().replace("\\", "\\\\").replace("\"", "\\\"")
                        + "\",\"instance\":\"urn:request:" + requestId + "\"}")
                .getBytes(StandardCharsets.UTF_8);
    }
}
