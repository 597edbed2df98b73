package io.pekopayedge.tenant;

import com.fasterxml.jackson.core.JsonPointer;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;
import org.springframework.boot.convert.DurationStyle;

/** The forms of the smaller values of a tenant file. Pure; each method refuses what is not of its form. */
final class Words {
    private static final Pattern TENANT_ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");
    private static final String SHA_256_OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private Words() {}

    static String tenantId(String text) {
        if (!TENANT_ID.matcher(text).matches()) {
            throw new Refusal("is not a tenant id", "1–64 letters, digits, _ or -, as PekoPay's portal shows it");
        }
        return text;
    }

    /** A name that stands in logs, metrics and credentials. */
    static String name(String text) {
        if (!NAME.matcher(text).matches()) {
            throw new Refusal("is not a name", "1–64 letters, digits, . _ or -");
        }
        return text;
    }

    static boolean onOff(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "on", "true" -> true;
            case "off", "false" -> false;
            default -> throw new Refusal("is neither on nor off", "write on or off");
        };
    }

    static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new Refusal("is not a whole number", "write digits only");
        }
    }

    static Duration duration(String text) {
        try {
            return DurationStyle.detectAndParse(text);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new Refusal("is not a duration", "write a number and a unit: 30s, 10m, 2h");
        }
    }

    /** In lower case. */
    static String sha256(String text) {
        String hex = text.toLowerCase(Locale.ROOT);
        if (!SHA_256.matcher(hex).matches()) {
            throw new Refusal("is not 64 hex digits", "the SHA-256 of the key, never the key: echo -n KEY | sha256sum");
        }
        if (hex.equals(SHA_256_OF_NOTHING)) {
            throw new Refusal("is the SHA-256 of nothing", "echo -n KEY | sha256sum, with the key for KEY");
        }
        return hex;
    }

    static JsonPointer pointer(String text) {
        if (text.isEmpty()) {
            throw new Refusal("would skip the whole body", "point to one value, such as /order/id");
        }
        try {
            return JsonPointer.compile(text);
        } catch (IllegalArgumentException e) {
            throw new Refusal("is not a JSON pointer", "write it as /order/id (RFC 6901)");
        }
    }
}
