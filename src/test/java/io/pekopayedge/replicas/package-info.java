/** Does it hold with two packaged gateways on one Redis, and when one of them dies? */
package io.pekopayedge.replicas;
