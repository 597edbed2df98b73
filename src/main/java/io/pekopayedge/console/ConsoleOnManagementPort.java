package io.pekopayedge.console;

import io.pekopayedge.settings.EdgeSettings;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.web.server.ConditionalOnManagementPort;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;

/**
 * Puts {@link ConsolePage} and {@link OperatorGate} on the management port's own server. Named in
 * {@code ManagementContextConfiguration.imports}, so that the public port's context has none of it; not there at all where
 * both ports are one.
 */
@ConditionalOnManagementPort(ManagementPortType.DIFFERENT)
class ConsoleOnManagementPort {
    @Bean
    SimpleUrlHandlerMapping consoleMapping() {
        var page = new ConsolePage();
        return new SimpleUrlHandlerMapping(
                Map.of(ConsolePage.PATH, page, ConsolePage.PATH + "/**", page), Ordered.HIGHEST_PRECEDENCE);
    }

    /** Here and nowhere else: a filter of the public port's context would stand before its storefronts. */
    @Bean
    OperatorGate operatorGate(ObjectProvider<EdgeSettings> settings) {
        EdgeSettings known = settings.getIfAvailable();
        return new OperatorGate(known == null ? null : known.operator().keySha256());
    }
}
