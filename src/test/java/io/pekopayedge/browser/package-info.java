/** What does a shopper see? A real browser before the shops, the gateway and a PekoPay that counts. */
@NullMarked
package io.pekopayedge.browser;

import org.jspecify.annotations.NullMarked;
