package io.caravan.e2e;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import org.openapitools.codegen.ClientOptInput;
import org.openapitools.codegen.DefaultGenerator;
import org.openapitools.codegen.config.CodegenConfigurator;

import static org.assertj.core.api.Assertions.assertThat;

/** A client as others make one: by OpenAPI Generator, from the document alone, compiled with a program of theirs. */
final class GeneratedClient {

    private final Path folder;

    private GeneratedClient(Path folder) {
        this.folder = folder;
    }

    static GeneratedClient from(Path document, Path folder) {
        CodegenConfigurator made = new CodegenConfigurator().setInputSpec(document.toString())
                .setGeneratorName("java").setLibrary("native").setOutputDir(folder.toString())
                .setPackageName("client").setApiPackage("client.api").setModelPackage("client.model")
                .setInvokerPackage("client").addAdditionalProperty("openApiNullable", "false")
                .addAdditionalProperty("useJakartaEe", "true").addAdditionalProperty("hideGenerationTimestamp", "true")
                .addGlobalProperty("apiTests", "false").addGlobalProperty("modelTests", "false")
                .addGlobalProperty("apiDocs", "false").addGlobalProperty("modelDocs", "false");
        ClientOptInput input = made.toClientOptInput();
        DefaultGenerator generator = new DefaultGenerator();
        generator.setGenerateMetadata(false);
        assertThat(generator.opts(input).generate()).isNotEmpty();
        return new GeneratedClient(folder);
    }

    /** Compiles all of the client with a program, and runs its {@code static String run(String base, String token)}. */
    String run(String name, String program, String base, String token) throws Exception {
        Path sources = folder.resolve("src/main/java");
        Files.writeString(sources.resolve(name + ".java"), program);
        Path classes = Files.createDirectories(folder.resolve("classes"));
        compile(sources, classes);
        try (URLClassLoader loader = new URLClassLoader(new URL[]{classes.toUri().toURL()},
                GeneratedClient.class.getClassLoader())) {
            return (String) loader.loadClass(name).getMethod("run", String.class, String.class).invoke(null, base,
                    token);
        }
    }

    private static void compile(Path sources, Path classes) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        try (Stream<Path> all = Files.walk(sources);
                StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<Path> java = all.filter(path -> path.toString().endsWith(".java")).toList();
            boolean done = compiler.getTask(said, files, null,
                    List.of("-d", classes.toString(), "-proc:none", "-nowarn", "-classpath",
                            System.getProperty("java.class.path")),
                    null, files.getJavaFileObjectsFromPaths(java)).call();
            assertThat(done).as(said.toString()).isTrue();
        }
    }
}
