/** What can be set, within which range? */
@NullMarked
package io.pekopayedge.settings;

import org.jspecify.annotations.NullMarked;
