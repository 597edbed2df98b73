package io.pekopayedge;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Who may know whom, and what nobody may call. */
class RoomsTest {
    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.pekopayedge");

    @Test
    void rooms_knowOnlyThoseBeforeThem() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("problem")
                .definedBy("io.pekopayedge.problem..")
                .layer("settings")
                .definedBy("io.pekopayedge.settings..")
                .layer("tenant")
                .definedBy("io.pekopayedge.tenant..")
                .layer("meter")
                .definedBy("io.pekopayedge.meter..")
                .layer("ledger")
                .definedBy("io.pekopayedge.ledger..")
                .layer("upstream")
                .definedBy("io.pekopayedge.upstream..")
                .layer("guard")
                .definedBy("io.pekopayedge.guard..")
                .layer("door")
                .definedBy("io.pekopayedge.door..")
                .layer("token")
                .definedBy("io.pekopayedge.token..")
                .layer("charge")
                .definedBy("io.pekopayedge.charge..")
                .layer("stream")
                .definedBy("io.pekopayedge.stream..")
                .layer("console")
                .definedBy("io.pekopayedge.console..")
                .layer("root")
                .definedBy("io.pekopayedge")
                .whereLayer("problem")
                .mayNotAccessAnyLayer()
                .whereLayer("door")
                .mayNotAccessAnyLayer()
                .whereLayer("settings")
                .mayOnlyAccessLayers("problem")
                .whereLayer("tenant")
                .mayOnlyAccessLayers("problem", "settings")
                .whereLayer("meter")
                .mayOnlyAccessLayers("settings")
                .whereLayer("ledger")
                .mayOnlyAccessLayers("problem", "settings", "tenant")
                .whereLayer("upstream")
                .mayOnlyAccessLayers("problem", "settings", "tenant")
                .whereLayer("guard")
                .mayOnlyAccessLayers("problem", "settings", "tenant", "ledger", "upstream")
                .whereLayer("token")
                .mayOnlyAccessLayers("problem", "settings", "tenant", "meter", "ledger", "upstream", "guard")
                .whereLayer("charge")
                .mayOnlyAccessLayers("problem", "settings", "tenant", "meter", "ledger", "upstream", "guard")
                .whereLayer("stream")
                .mayOnlyAccessLayers("problem", "settings", "tenant", "upstream", "guard")
                .whereLayer("root")
                .mayNotBeAccessedByAnyLayer()
                .check(MAIN);
    }

    @Test
    void time_isAParameter() {
        noClasses()
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Thread.class, "sleep", long.class)
                .check(MAIN);
        noClasses()
                .that()
                .resideOutsideOfPackages("io.pekopayedge", "..tenant..")
                .should()
                .callMethod(Clock.class, "systemUTC")
                .because("only the beans' root and --check-config, which has no beans, make clocks")
                .check(MAIN);
    }

    @Test
    void nothing_blocks() {
        noClasses()
                .should()
                .callMethod(Mono.class, "block")
                .orShould()
                .callMethod(Mono.class, "block", Duration.class)
                .orShould()
                .callMethod(Flux.class, "blockFirst")
                .orShould()
                .callMethod(Flux.class, "blockLast")
                .orShould()
                .callMethod(CompletableFuture.class, "join")
                .check(MAIN);
    }

    @Test
    void riskyParts_areNotUsed() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.springframework.expression..",
                        "org.springframework.web.reactive.socket..",
                        "org.springframework.web.reactive.function.server..",
                        "jakarta.xml..")
                .because("fixes for these came after this line's free support")
                .check(MAIN);
    }

    @Test
    void secrets_printAsStars() {
        classes()
                .that()
                .haveSimpleName("BasicCredentials")
                .or()
                .haveSimpleName("SessionToken")
                .or()
                .haveSimpleName("AnswerKey")
                .or()
                .haveSimpleName("Order")
                .or()
                .haveSimpleName("UpstreamRequest")
                .or()
                .haveSimpleName("ChargeBody")
                .should(new com.tngtech.archunit.lang.ArchCondition<>("have a toString of their own") {
                    @Override
                    public void check(
                            com.tngtech.archunit.core.domain.JavaClass type,
                            com.tngtech.archunit.lang.ConditionEvents events) {
                        if (type.tryGetMethod("toString").isEmpty()) {
                            events.add(com.tngtech.archunit.lang.SimpleConditionEvent.violated(
                                    type, type.getName() + " has no toString"));
                        }
                    }
                })
                .check(MAIN);
    }
}
