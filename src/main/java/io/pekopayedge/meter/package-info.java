/** What is counted, under which name? */
@NullMarked
package io.pekopayedge.meter;

import org.jspecify.annotations.NullMarked;
