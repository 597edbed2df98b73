package io.pekopayedge.console;

import java.util.Map;
import org.springframework.boot.actuate.autoconfigure.web.server.ConditionalOnManagementPort;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;

/**
 * Puts {@link ConsolePage} on the management port's own server. Named in
 * {@code ManagementContextConfiguration.imports}; not a {@code @Configuration}, which the component scan would take up
 * into the public port's context as well, and not there at all where both ports are one.
 */
@ConditionalOnManagementPort(ManagementPortType.DIFFERENT)
class ConsoleOnManagementPort {
    @Bean
    SimpleUrlHandlerMapping consoleMapping() {
        var page = new ConsolePage();
        return new SimpleUrlHandlerMapping(
                Map.of(ConsolePage.PATH, page, ConsolePage.PATH + "/**", page), Ordered.HIGHEST_PRECEDENCE);
    }
}
