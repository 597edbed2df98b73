/** How does everything that is neither token nor charge pass through? */
@NullMarked
package io.pekopayedge.stream;

import org.jspecify.annotations.NullMarked;
