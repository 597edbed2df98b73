/** What happens to a request, in order? */
@NullMarked
package io.pekopayedge;

import org.jspecify.annotations.NullMarked;
