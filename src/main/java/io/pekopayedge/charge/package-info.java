/** Was it sent once, and what happened? */
@NullMarked
package io.pekopayedge.charge;

import org.jspecify.annotations.NullMarked;
