/** Whose request is it, with which credentials? */
@NullMarked
package io.pekopayedge.tenant;

import org.jspecify.annotations.NullMarked;
