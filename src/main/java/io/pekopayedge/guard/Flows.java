package io.pekopayedge.guard;

import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import io.pekopayedge.settings.EdgeSettings;
import io.pekopayedge.settings.EdgeSettings.Flow.SameSite;
import io.pekopayedge.tenant.Tenant;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One shopper's checkout, told from another by a random value: a cookie that the gateway makes, or {@code
 * X-Checkout-Flow} from clients without cookies. Any thread.
 */
public final class Flows {
    private static final String HEADER = "X-Checkout-Flow";
    private static final int COOKIE_LENGTH = 22; // 128 bits in base64url
    private static final int LONGEST_HEADER = 128;

    private final SecureRandom random = new SecureRandom();
    private final String cookie;
    private final SameSite sameSite;

    public Flows(EdgeSettings.Flow settings) {
        this.cookie = settings.cookie() + "=";
        this.sameSite = settings.sameSite();
    }

    /**
     * The flow that the request names, or null. The header decides over the cookie; a cookie not of our form counts as
     * none.
     *
     * @throws EdgeProblem for a header not of its form
     */
    public @Nullable String of(Call call) {
        String header = call.single(HEADER);
        if (header != null) {
            if (header.length() < COOKIE_LENGTH
                    || header.length() > LONGEST_HEADER
                    || !isWord(header, 0, header.length())) {
                throw EdgeProblem.of(
                        Problem.MALFORMED_REQUEST, "X-Checkout-Flow must be 22–128 characters of A–Z a–z 0–9 _ -.");
            }
            return header;
        }
        List<String> cookies = call.request().getHeaders().get("Cookie");
        return cookies == null ? null : find(cookies);
    }

    private @Nullable String find(List<String> cookies) {
        for (String line : cookies) {
            for (int at = line.indexOf(cookie); at >= 0; at = line.indexOf(cookie, at + 1)) {
                int value = at + cookie.length();
                int end = value + COOKIE_LENGTH;
                if (startsPair(line, at)
                        && (end == line.length() || (end < line.length() && line.charAt(end) == ';'))
                        && isWord(line, value, end)) {
                    return line.substring(value, end);
                }
            }
        }
        return null;
    }

    private static boolean startsPair(String line, int at) {
        int before = at - 1;
        while (before >= 0 && line.charAt(before) == ' ') {
            before--;
        }
        return before < 0 || line.charAt(before) == ';';
    }

    private static boolean isWord(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-')) {
                return false;
            }
        }
        return true;
    }

    /** A flow that nobody can guess. */
    public String fresh() {
        byte[] bits = new byte[16];
        random.nextBytes(bits);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    }

    /** The {@code Set-Cookie} value that gives a browser this flow; for other sites' pages only where some may call. */
    public String setCookie(Tenant tenant, String flow) {
        SameSite site = sameSite == SameSite.NONE && tenant.origins().isEmpty() ? SameSite.LAX : sameSite;
        return cookie + flow + "; Path=/; Secure; HttpOnly; SameSite=" + site.attribute();
    }
}
