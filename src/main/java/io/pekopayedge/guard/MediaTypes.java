package io.pekopayedge.guard;

import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/** What a charge's body may be said to be: JSON in UTF-8, as it is. */
public final class MediaTypes {
    /** Said twice, or in the form of RFC 8187 too: one reader takes the first, the next the last. */
    private static final Pattern TWO_CHARSETS = Pattern.compile("(?i)charset.*charset|charset\\s*\\*");

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
                    && (media.getCharset() == null || media.getCharset().equals(StandardCharsets.UTF_8))
                    && !TWO_CHARSETS.matcher(type).find();
        } catch (InvalidMediaTypeException e) {
            return false;
        }
    }
}
