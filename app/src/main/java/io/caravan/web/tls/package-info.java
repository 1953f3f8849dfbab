/**
 * How TLS went with recipients' domains, by day. Begin at {@code TlsPage}; the reading is {@link io.caravan.flow.TlsReports}. It changes
 * nothing.
 */
@NullMarked
package io.caravan.web.tls;

import org.jspecify.annotations.NullMarked;
