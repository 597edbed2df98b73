/** The whole gateway, over real sockets, against a PekoPay that counts. */
@NullMarked
package io.pekopayedge.edge;

import org.jspecify.annotations.NullMarked;
