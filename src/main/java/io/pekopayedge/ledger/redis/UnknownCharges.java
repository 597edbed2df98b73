package io.pekopayedge.ledger.redis;

import static io.pekopayedge.ledger.redis.RedisLink.bytes;
import static io.pekopayedge.ledger.redis.RedisLink.list;
import static io.pekopayedge.ledger.redis.RedisLink.text;

import io.lettuce.core.ScriptOutputType;
import io.pekopayedge.ledger.UnknownCharge;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What operators ask for. */
final class UnknownCharges {
    private static final int PAGE = 500;
    private static final int ID_DIGITS = 16;
    private static final int TOKEN_DIGITS = 64;
    private static final Pattern ID = Pattern.compile("[0-9a-f]{16}");

    /** Who keeps count. */
    interface Counted {
        void of(String tenant, long open);
    }

    private record Page(int from, List<Object> rows) {}

    private UnknownCharges() {}

    /** All of them, those that were sent first before the others. */
    static Flux<UnknownCharge> all(RedisLink link) {
        return page(link, 0)
                .expand(page -> page.rows().size() < PAGE ? Mono.empty() : page(link, page.from() + PAGE))
                .flatMapIterable(Page::rows)
                .map(row -> charge(list(row)))
                .sort(Comparator.comparing(UnknownCharge::since));
    }

    private static Mono<Page> page(RedisLink link, int from) {
        return link.<List<Object>>run(Script.UNKNOWN, ScriptOutputType.MULTI, bytes(from), bytes(PAGE))
                .map(rows -> new Page(from, rows));
    }

    /** Empty where no charge of this id is unknown. */
    static Mono<UnknownCharge> settle(RedisLink link, String id, boolean charged, Duration keepFor, Counted counted) {
        if (!ID.matcher(id).matches()) {
            return Mono.empty();
        }
        return link.<List<Object>>run(
                        Script.SETTLE, ScriptOutputType.MULTI, bytes(id), bytes(charged), bytes(keepFor.toMillis()))
                .filter(said -> !said.isEmpty())
                .map(said -> {
                    UnknownCharge settled = charge(said);
                    counted.of(settled.tenant(), (Long) said.get(4));
                    return settled;
                });
    }

    /** @param row token:tenant, intent, request id, sent when in milliseconds */
    private static UnknownCharge charge(List<Object> row) {
        String member = text(row.get(0));
        return new UnknownCharge(
                member.substring(0, ID_DIGITS),
                member.substring(TOKEN_DIGITS + 1),
                text(row.get(1)),
                Instant.ofEpochMilli(Long.parseLong(text(row.get(3)))),
                text(row.get(2)));
    }
}
