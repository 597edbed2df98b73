/** What became of this token, when several replicas ask, and after a restart? */
@NullMarked
package io.pekopayedge.ledger.redis;

import org.jspecify.annotations.NullMarked;
