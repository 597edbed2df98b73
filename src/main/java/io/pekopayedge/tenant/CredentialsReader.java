package io.pekopayedge.tenant;

import static io.pekopayedge.tenant.TenantKeys.CREDENTIALS;

import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code credentials} and {@code previous-credentials}: each half inline or from a file of its own, whose path is
 * relative to the tenant file's folder. The content of such a file is taken as it is, without placeholders, but for
 * line ends after it.
 */
final class CredentialsReader {
    private final Path folder;
    private final SeenFiles files;

    CredentialsReader(Path folder, SeenFiles files) {
        this.folder = folder;
        this.files = files;
    }

    /** @return null if absent or refused */
    @Nullable
    BasicCredentials read(Section tenant, String key) {
        Section section = tenant.section(key, CREDENTIALS);
        if (section == null) {
            return null;
        }
        String id = half(section, "client-id", CredentialsReader::clientId);
        String secret = half(section, "client-secret", CredentialsReader::clientSecret);
        if (id == null || secret == null) {
            return null;
        }
        BasicCredentials credentials = new BasicCredentials(id, secret);
        warn(section, secret, credentials);
        return credentials;
    }

    private @Nullable String half(Section section, String key, Function<String, String> check) {
        String fileKey = key + "-file";
        if (section.has(key) && section.has(fileKey)) {
            section.problem(fileKey, "stands beside " + key, "remove one of the two");
            return null;
        }
        if (section.has(fileKey)) {
            return section.value(fileKey, path -> check.apply(fileContent(path)));
        }
        return section.required(key, check, "add " + key + ": ${…} or " + fileKey + ": path");
    }

    private String fileContent(String path) {
        String text = TenantYaml.text(files.readSecret(folder, path));
        int end = text.length();
        while (end > 0 && (text.charAt(end - 1) == '\n' || text.charAt(end - 1) == '\r')) {
            end--;
        }
        return text.substring(0, end);
    }

    private static String clientId(String text) {
        if (text.indexOf(':') >= 0) {
            throw new Refusal("holds a colon", "a client id has none (RFC 7617 §2): is it id and secret in one?");
        }
        return clientSecret(text);
    }

    private static String clientSecret(String text) {
        if (text.isEmpty()) {
            throw new Refusal("is empty", "give PekoPay's value");
        }
        if (BasicCredentials.hasControl(text)) {
            throw new Refusal(
                    "holds a line end or another control character", "give PekoPay's value alone, in one line");
        }
        return text;
    }

    private static void warn(Section section, String secret, BasicCredentials credentials) {
        String key = section.has("client-secret") ? "client-secret" : "client-secret-file";
        if (credentials.shortSecret()) {
            section.warning(
                    key,
                    "is shorter than " + BasicCredentials.LEAST_SECRET_LENGTH + " characters",
                    "PekoPay's answers are not searched for it; create a client with a longer secret");
        }
        if (!secret.equals(secret.strip())) {
            section.warning(key, "begins or ends with a blank", "check that the blank belongs to it");
        }
    }
}
