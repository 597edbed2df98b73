/** Is there a token for this flow? */
@NullMarked
package io.pekopayedge.token;

import org.jspecify.annotations.NullMarked;
