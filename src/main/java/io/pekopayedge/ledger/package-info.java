/** What became of this token? */
@NullMarked
package io.pekopayedge.ledger;

import org.jspecify.annotations.NullMarked;
