/** What does it cost? Ratios of the packaged jar against plain peers, in turns on one machine. */
package io.pekopayedge.bench;
