package io.pekopayedge.bench;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.loader.tools.Layouts;
import org.springframework.boot.loader.tools.Library;
import org.springframework.boot.loader.tools.LibraryScope;
import org.springframework.boot.loader.tools.Repackager;

/** Starts what is compared, each in a process and a folder of its own. */
final class Servers {
    /** What a plain Spring Cloud Gateway application brings; the rest of the class path is ours. */
    private static final Pattern PLAIN = Pattern.compile(
            "(spring-(boot-([0-9]|autoconfigure|starter-([0-9]|json|logging|reactor-netty|validation|webflux))|core|beans"
                    + "|context|aop|expression|jcl|web|webflux|security-crypto)|reactor|netty|reactive-streams|jackson|snakeyaml|slf4j|logback|log4j|jul-to"
                    + "|micrometer-(commons|observation)|jakarta\\.(annotation|validation)|hibernate-validator|classmate|jboss-logging|tomcat-embed-el|commons-).*\\.jar");

    private static final String PEERS = ours();

    /** The image's: no classes are made at the start for what is called by reflection. Unknown to JDK 17, and harmless. */
    private static final String REFLECTION = "-Djdk.reflect.useNativeAccessorOnly=true";

    private final Path folder;
    private final Path home;
    private final String java;
    private final Path jar;

    /** @param home of the JDK that runs them */
    Servers(Path folder, Path home, Path jar) {
        this.folder = folder;
        this.home = home;
        this.java = home.resolve("bin/java").toString();
        this.jar = jar;
    }

    /** Such as 17. */
    String javaVersion() {
        try (Stream<String> lines = Files.lines(home.resolve("release"))) {
            return lines.filter(line -> line.startsWith("JAVA_VERSION="))
                    .findFirst()
                    .orElseThrow()
                    .replaceAll("^[^0-9]*([0-9]+).*", "$1");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The jar taken apart, as in the image: a class archive needs that. */
    Path unpacked() {
        Path app = folder.resolve("app");
        run(java, "-Djarmode=tools", "-jar", jar.toString(), "extract", "--force", "--destination", app.toString());
        return app.resolve(jar.getFileName());
    }

    /** The flags of a JVM that reads the archive of classes which a first start on this JDK has made, as the image's does. */
    List<String> archive(Path app) {
        boolean aot = Integer.parseInt(javaVersion()) >= 25;
        Path archive = folder.resolve(aot ? "app.aot" : "app.jsa");
        run(
                java,
                REFLECTION,
                (aot ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=") + archive,
                "-jar",
                app.toString(),
                "--rehearse",
                "--server.port=0",
                "--management.server.port=0",
                "--logging.level.root=WARN");
        return List.of(REFLECTION, (aot ? "-XX:AOTCache=" : "-XX:SharedArchiveFile=") + archive);
    }

    private void run(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("run.log").toFile())
                    .start();
            if (process.waitFor() != 0) {
                throw new IllegalStateException(List.of(command) + " failed, see " + folder.resolve("run.log"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** PekoPay and a storefront: answers from memory, every token new. */
    Peer nginx() {
        int port = freePort();
        String home = "nginx-" + port;
        write(home + "/nginx.conf", """
                daemon off; master_process off; pid nginx.pid; error_log nginx.err; worker_processes 1;
                events { worker_connections 4096; }
                http {
                  access_log off; keepalive_requests 1000000000; keepalive_timeout 300s; default_type application/json;
                  client_body_temp_path body; proxy_temp_path p; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
                  server {
                    listen 127.0.0.1:%d backlog=4096;
                    location /payment-token/ { return 200 '{"token":"sess_$request_id"}'; }
                    location /tenants/ { return 201 '{"id":"txn_$request_id","status":"succeeded","amount":1250,"currency":"EUR"}'; }
                    location / { default_type text/html; root html; try_files /page.html =404; }
                  }
                }
                """.formatted(port));
        write(home + "/html/page.html", "<p>A page of a shop</p>".repeat(180));
        return Peer.start(
                home,
                port,
                0,
                folder,
                List.of("nginx", "-p", folder.resolve(home).toString(), "-c", "nginx.conf"));
    }

    /** The hop alone, in C: path rewritten, field set. */
    Peer haproxy(int upstream) {
        int port = freePort();
        write("haproxy.cfg", """
                global
                  nbthread 1
                defaults
                  mode http
                  timeout client 60s
                  timeout server 60s
                  timeout connect 5s
                  http-reuse always
                frontend f
                  bind 127.0.0.1:%d
                  http-request replace-path /t/([^/]+)/api/checkout/charge /tenants/\\1/transactions
                  http-request set-header Authorization "Basic YWNtZS1jbGllbnQ6c2VjcmV0"
                  default_backend b
                backend b
                  server s 127.0.0.1:%d
                """.formatted(port, upstream));
        return Peer.start("haproxy", port, 0, folder, List.of("haproxy", "-f", "haproxy.cfg"));
    }

    Peer plain(Class<?> main, int upstream, List<String> flags) {
        String classPath = Stream.concat(
                        Stream.of(PEERS), libraries(main).stream().map(Path::toString))
                .collect(Collectors.joining(File.pathSeparator));
        return plain(main.getSimpleName(), List.of("-cp", classPath, main.getName()), upstream, flags);
    }

    /** The plain gateway as one jar, started as ours is. */
    Peer plainJar(Path jar, int upstream, List<String> flags) {
        return plain("plain-jar", List.of("-jar", jar.toString()), upstream, flags);
    }

    private Peer plain(String name, List<String> what, int upstream, List<String> flags) {
        int port = freePort();
        List<String> command = new ArrayList<>(List.of(java));
        command.addAll(flags);
        command.addAll(what);
        command.addAll(List.of(
                "--server.port=" + port,
                "--upstream=http://127.0.0.1:" + upstream,
                "--spring.config.name=plain",
                "--spring.main.banner-mode=off"));
        return Peer.start(name, port, 0, folder, command);
    }

    /** Puts the plain gateway into one jar, as Spring Boot's plugin does it for ours. */
    Path plainJar() {
        Path classes = folder.resolve("plain-classes.jar");
        Path jar = folder.resolve("plain.jar");
        String main = PlainGateway.class.getName().replace('.', '/') + ".class";
        try {
            try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(classes))) {
                out.putNextEntry(new JarEntry(main));
                Files.copy(Path.of(PEERS, main), out);
            }
            Repackager repackager = new Repackager(classes.toFile());
            repackager.setMainClass(PlainGateway.class.getName());
            repackager.setLayout(new Layouts.Jar());
            repackager.repackage(jar.toFile(), found -> {
                for (Path library : libraries(PlainGateway.class)) {
                    found.library(new Library(library.toFile(), LibraryScope.COMPILE));
                }
            });
            return jar;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> libraries(Class<?> main) {
        return classPath()
                .filter(entry -> main == PlainGateway.class && entry.contains("spring-cloud")
                        || PLAIN.matcher(Path.of(entry).getFileName().toString())
                                .matches())
                .map(entry -> Path.of(entry).toAbsolutePath())
                .toList();
    }

    /** Where the peers' classes are. */
    private static String ours() {
        return classPath()
                .filter(entry -> entry.endsWith("test-classes"))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .findFirst()
                .orElseThrow();
    }

    private static Stream<String> classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator));
    }

    /** The packaged jar with everything on; limits and rates so wide that they are counted but not met. */
    Peer edge(String name, Path tenants, List<String> flags, String... settings) {
        return edgeOf(jar, name, tenants, flags, settings);
    }

    /** The same from another jar: one that was taken apart. */
    Peer edgeOf(Path jar, String name, Path tenants, List<String> flags, String... settings) {
        int port = freePort();
        int managementPort = freePort();
        List<String> command = new ArrayList<>(List.of(java));
        command.addAll(flags);
        command.addAll(List.of(
                "-jar",
                jar.toString(),
                "--server.port=" + port,
                "--management.server.port=" + managementPort,
                "--pekopay.edge.tenants.location=" + tenants,
                "--pekopay.edge.limits.refresh-per-flow=1000000/1s",
                "--pekopay.edge.limits.refresh-per-client=1000000/1s",
                "--pekopay.edge.limits.charge-per-client=1000000/1s",
                "--pekopay.edge.mint.rate=100000",
                "--pekopay.edge.mint.max-concurrent=64",
                "--logging.level.io.pekopayedge.charge=WARN",
                "--logging.level.io.pekopayedge.request=WARN"));
        command.addAll(List.of(settings));
        return Peer.start(name, port, managementPort, folder, command);
    }

    /** Tenants acme (charges), full (a deep reserve), and as many idle ones as are asked for. */
    Path tenants(String name, int others, int upstream) {
        Path tenants = folder.resolve(name);
        write(name + "/acme.yml", tenant("acme", upstream, "reserve: {min: 64, max: 64}"));
        write(name + "/full.yml", tenant("full", upstream, "reserve: {min: 100000, max: 100000}"));
        for (int i = 0; i < others; i++) {
            write(name + "/t" + i + ".yml", tenant("t" + i, upstream, ""));
        }
        return tenants;
    }

    private static String tenant(String id, int upstream, String more) {
        return """
                tenant-id: %s
                base-url: http://127.0.0.1:%d
                hosts: [%s.example]
                storefront: http://127.0.0.1:%d
                credentials: {client-id: %s-client, client-secret: secret-of-%s-0123456789}
                %s
                """.formatted(id, upstream, id, upstream, id, id, more);
    }

    private void write(String file, String text) {
        try {
            Path path = folder.resolve(file);
            Files.createDirectories(path.getParent());
            Files.writeString(path, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
