/** What would PekoPay and the shops do? A PekoPay that counts every effect, and two shops, for tests and for a look round. */
@NullMarked
package io.pekopayedge.sandbox;

import org.jspecify.annotations.NullMarked;
