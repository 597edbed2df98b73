package io.pekopayedge.guard;

import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import java.nio.charset.StandardCharsets;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/** What a charge's body may be said to be: JSON in UTF-8, as it is. */
public final class MediaTypes {
    private MediaTypes() {}

    /** @throws EdgeProblem 415 for any other type, charset or coding */
    public static void requireJson(Call call) {
        String type = call.single("Content-Type");
        if (call.request().getHeaders().containsKey("Content-Encoding")
                || type == null
                || !("application/json".equals(type) || isJson(type))) {
            throw EdgeProblem.of(Problem.UNSUPPORTED_MEDIA_TYPE, "Send application/json in UTF-8, without a coding.");
        }
    }

    private static boolean isJson(String type) {
        try {
            MediaType media = MediaType.parseMediaType(type);
            return media.getType().equals("application")
                    && media.getSubtype().equals("json")
                    && (media.getCharset() == null || media.getCharset().equals(StandardCharsets.UTF_8));
        } catch (InvalidMediaTypeException e) {
            return false;
        }
    }
}
