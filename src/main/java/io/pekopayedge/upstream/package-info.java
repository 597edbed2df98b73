/** How do we speak PekoPay? */
@NullMarked
package io.pekopayedge.upstream;

import org.jspecify.annotations.NullMarked;
