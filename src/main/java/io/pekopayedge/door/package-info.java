/** Which bytes off the wire are a request at all, and how long may they take? */
@NullMarked
package io.pekopayedge.door;

import org.jspecify.annotations.NullMarked;
