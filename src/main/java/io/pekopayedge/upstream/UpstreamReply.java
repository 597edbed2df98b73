package io.pekopayedge.upstream;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * PekoPay's whole answer, reduced to what anybody here may look at.
 *
 * @param status final, not 1xx
 * @param contentType or null
 * @param retryAfter as sent, or null
 * @param location or null
 * @param etag or null
 * @param link several in one list (RFC 9110 §5.3), or null
 * @param body at most {@link PekoPayClient#LARGEST_ANSWER} bytes
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere, copied nowhere
public record UpstreamReply(
        int status,
        @Nullable String contentType,
        @Nullable String retryAfter,
        @Nullable String location,
        @Nullable String etag,
        @Nullable String link,
        byte[] body) {
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);

    /** 2xx. */
    public boolean successful() {
        return status >= 200 && status < 300;
    }

    /** 401, or 403 that is not an answer of the API itself: PekoPay looked at the credentials alone. */
    public boolean refusesCredentials() {
        return status == 401 || (status == 403 && !isJson());
    }

    /** The time that {@code Retry-After} asks for (RFC 9110 §10.2.3), at most an hour; null without a usable one. */
    public @Nullable Duration retryAfter(Clock clock) {
        String value = retryAfter;
        if (value == null || value.isEmpty() || value.length() > 40) {
            return null;
        }
        try {
            Duration wait = Character.isDigit(value.charAt(0))
                    ? Duration.ofSeconds(Long.parseLong(value.trim()))
                    : Duration.between(
                            clock.instant(),
                            ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                                    .toInstant());
            return wait.isNegative() ? Duration.ZERO : wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
        } catch (NumberFormatException | DateTimeException e) {
            return null;
        }
    }

    /** By its name, or whatever it is called: an answer of the API is one that nobody may take for a mere refusal. */
    private boolean isJson() {
        return startsAsJson()
                || (body.length > 0
                        && contentType != null
                        && (contentType.regionMatches(true, 0, "application/json", 0, 16)
                                || contentType.toLowerCase(Locale.ROOT).contains("+json")));
    }

    private boolean startsAsJson() {
        for (byte first : body) {
            if (first != ' ' && first != '\t' && first != '\r' && first != '\n') {
                return first == '{' || first == '[';
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return "UpstreamReply " + status + ", " + body.length + " bytes";
    }
}
