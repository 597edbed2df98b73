package io.pekopayedge.guard;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One pass over one charge's body, token by token; for one thread, for one use. */
final class ChargeReader {
    private static final int DEPTH = 64;
    private static final int TOKEN_LENGTH = 4096;

    /** Canonical names would be shared between requests: an attacker's names would fill the table for all. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEPTH)
                    // The body's size is bounded before; numbers are never converted.
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final List<JsonPointer> skip;
    private final boolean tokenRequired;
    private final MemberNames names = new MemberNames();
    private @Nullable String paymentToken;
    private @Nullable String intent;
    private @Nullable String invalid;
    private boolean cardData;
    private int depth;
    /** Depth of the container within which nothing is scanned; 0 is none. */
    private int skippedFrom;
    /** Of the member whose values are looked at, and folded: an array may have very many. */
    private @Nullable String member;

    private String folded = "";

    ChargeReader(List<JsonPointer> skip, boolean tokenRequired) {
        this.skip = skip;
        this.tokenRequired = tokenRequired;
    }

    ChargeBody read(byte[] body) {
        if (!StrictUtf8.isPlain(body)) {
            throw EdgeProblem.of(Problem.MALFORMED_REQUEST, "The body is not UTF-8 without a byte order mark.");
        }
        try (JsonParser parser = JSON.createParser(body)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw notJson();
            }
            if (first != JsonToken.START_OBJECT) {
                invalid("The body must be a JSON object.");
            }
            value(parser, first, null);
            while (depth > 0) {
                next(parser);
            }
            if (parser.nextToken() != null) {
                throw notJson();
            }
        } catch (IOException e) {
            // Its message quotes the body.
            throw notJson();
        }
        return verdict();
    }

    private void next(JsonParser parser) throws IOException {
        JsonToken token = parser.nextToken();
        if (token == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            member(name);
            value(parser, parser.nextToken(), name);
        } else {
            value(parser, token, null);
        }
    }

    /** @param name of the member whose value it is, or null within an array and at an end */
    private void value(JsonParser parser, @Nullable JsonToken token, @Nullable String name) throws IOException {
        if (token == null) {
            throw notJson();
        }
        if (depth == 1 && name != null) {
            topLevel(parser, token, name);
        }
        switch (token) {
            case START_OBJECT, START_ARRAY -> open(parser, token);
            case END_OBJECT, END_ARRAY -> close(token);
            case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> scan(parser, token);
            default -> {}
        }
    }

    private void member(String name) {
        if (!names.add(name)) {
            invalid("A name occurs twice in one object.");
        }
        if (skippedFrom == 0) {
            cardData |= CardData.inName(name) || CardData.isForbiddenName(name);
        }
        if (depth == 1 && resembles(name)) {
            invalid("A name is too like paymentToken or intent.");
        }
    }

    private static boolean resembles(String name) {
        if ("paymentToken".equals(name) || "intent".equals(name)) {
            return false;
        }
        char first = name.isEmpty() ? 'x' : name.charAt(0);
        if ("pPiI_-".indexOf(first) < 0 && first >= 0x20 && first < 0x7F) {
            return false;
        }
        String folded = PlainText.folded(name);
        return "paymenttoken".equals(folded) || "intent".equals(folded);
    }

    private void topLevel(JsonParser parser, JsonToken token, String name) throws IOException {
        if ("paymentToken".equals(name)) {
            paymentToken = token == JsonToken.VALUE_STRING ? parser.getText() : null;
            if (paymentToken == null || !isUsable(paymentToken)) {
                invalid("paymentToken must be a string of 1 to 4096 visible ASCII characters.");
            }
        } else if ("intent".equals(name)) {
            intent = token == JsonToken.VALUE_STRING ? parser.getText() : null;
            if (intent == null) {
                invalid("intent must be a string.");
            }
        }
    }

    private static boolean isUsable(String token) {
        return !token.isEmpty()
                && token.length() <= TOKEN_LENGTH
                && token.chars().allMatch(c -> c > 0x20 && c < 0x7F);
    }

    private void open(JsonParser parser, JsonToken token) {
        depth++;
        if (token == JsonToken.START_OBJECT) {
            names.open();
        }
        if (skippedFrom == 0 && depth > 1 && isSkipped(parser)) {
            skippedFrom = depth;
        }
    }

    private void close(JsonToken token) {
        if (token == JsonToken.END_OBJECT) {
            names.close();
        }
        if (skippedFrom == depth) {
            skippedFrom = 0;
        }
        depth--;
    }

    private void scan(JsonParser parser, JsonToken token) throws IOException {
        if (cardData || skippedFrom > 0 || isSkipped(parser)) {
            return;
        }
        char[] text = parser.getTextCharacters();
        int from = parser.getTextOffset();
        int to = from + parser.getTextLength();
        cardData =
                token == JsonToken.VALUE_STRING ? CardData.inText(text, from, to) : CardData.inNumber(text, from, to);
        cardData = cardData || CardData.isForbidden(foldedName(parser), text, from, to);
    }

    /** Of the member whose value this is; what stands in an array goes by the array's name. */
    private String foldedName(JsonParser parser) {
        JsonStreamContext at = parser.getParsingContext();
        while (at.inArray()) {
            at = at.getParent();
        }
        String name = at.getCurrentName();
        if (name != null && !name.equals(member)) {
            member = name;
            folded = CardData.folded(name);
        }
        return name == null ? "" : folded;
    }

    private boolean isSkipped(JsonParser parser) {
        if (skip.isEmpty()) {
            return false;
        }
        JsonStreamContext context = parser.getParsingContext();
        JsonStreamContext at = context.hasPathSegment() ? context : context.getParent();
        return skip.stream().map(pointer -> rest(pointer, at)).anyMatch(rest -> rest != null && rest.matches());
    }

    /** What is left of the pointer below here, or null where it leads elsewhere; the path to here is never written out. */
    private static @Nullable JsonPointer rest(JsonPointer pointer, @Nullable JsonStreamContext here) {
        if (here == null || here.inRoot()) {
            return pointer;
        }
        JsonPointer left = rest(pointer, here.getParent());
        if (left == null) {
            return null;
        }
        return here.inArray() ? left.matchElement(here.getCurrentIndex()) : left.matchProperty(here.getCurrentName());
    }

    private void invalid(String why) {
        invalid = invalid == null ? why : invalid;
    }

    private static EdgeProblem notJson() {
        return EdgeProblem.of(Problem.MALFORMED_REQUEST, "The body is not one JSON document of at most 64 levels.");
    }

    private ChargeBody verdict() {
        if (cardData) {
            throw EdgeProblem.of(
                    Problem.CARD_DATA_REFUSED,
                    "The body looks as if it held card data, which belongs in PekoPay's hosted fields alone.");
        }
        if (invalid == null && tokenRequired && paymentToken == null) {
            invalid = "paymentToken is missing.";
        }
        if (invalid != null) {
            throw EdgeProblem.of(Problem.CHARGE_INVALID, invalid);
        }
        return new ChargeBody(paymentToken, intent);
    }
}
