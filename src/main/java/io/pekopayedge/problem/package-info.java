/** How can it go wrong? */
@NullMarked
package io.pekopayedge.problem;

import org.jspecify.annotations.NullMarked;
