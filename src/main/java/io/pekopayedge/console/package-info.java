/** What does the operator see? */
@NullMarked
package io.pekopayedge.console;

import org.jspecify.annotations.NullMarked;
