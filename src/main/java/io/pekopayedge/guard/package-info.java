/** May it go on? */
@NullMarked
package io.pekopayedge.guard;

import org.jspecify.annotations.NullMarked;
