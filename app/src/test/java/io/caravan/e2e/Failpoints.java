package io.caravan.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

import io.caravan.e2e.Gap.Where;

/**
 * The agent that makes a process die in a {@link Gap}: {@code -javaagent:failpoints.jar=GAP}. It dies as by kill -9, with {@link #DIED} as
 * its exit code. A gap whose place is no longer there ends the process with {@link #NOT_THERE} as soon as its class is loaded.
 */
public final class Failpoints {

    static final int DIED = 86;
    static final int NOT_THERE = 87;

    private static final AtomicInteger hits = new AtomicInteger();
    private static int fatal;

    private Failpoints() {
    }

    public static void premain(String gap, Instrumentation instrumentation) {
        Gap armed = Gap.valueOf(gap);
        fatal = armed.hit;
        instrumentation.addTransformer(new ClassFileTransformer() {
            @Override
            public byte[] transform(ClassLoader loader, String name, Class<?> old, ProtectionDomain domain,
                    byte[] bytes) {
                return name.equals(armed.internalName()) ? woven(armed, loader, bytes) : null;
            }
        });
    }

    /** Called from the gap. */
    public static void reached() {
        if (hits.incrementAndGet() == fatal) {
            Runtime.getRuntime().halt(DIED);
        }
    }

    private static byte[] woven(Gap gap, ClassLoader loader, byte[] bytes) {
        try {
            AtomicInteger places = new AtomicInteger();
            byte[] woven = woven(gap, loader, bytes, places);
            if (places.get() > 0) {
                return woven;
            }
            System.err.println("failpoint " + gap + ": no such place in " + gap.owner + "." + gap.method);
        } catch (RuntimeException | Error e) { // the JVM would swallow it and load the class as it is
            e.printStackTrace();
        }
        Runtime.getRuntime().halt(NOT_THERE);
        return null;
    }

    /** @param places how many it was written into */
    static byte[] woven(Gap gap, ClassLoader loader, byte[] bytes, AtomicInteger places) {
        ClassFile files = ClassFile.of(ClassHierarchyResolverOption.of(ClassHierarchyResolver
                .ofResourceParsing(loader).orElse(ClassHierarchyResolver.defaultResolver())));
        return files.transformClass(files.parse(bytes), ClassTransform.transformingMethodBodies(
                method -> method.methodName().equalsString(gap.method),
                CodeTransform.ofStateful(() -> weaver(gap, places))));
    }

    private static CodeTransform weaver(Gap gap, AtomicInteger places) {
        return new CodeTransform() {
            @Override
            public void atStart(CodeBuilder code) {
                call(code, gap.where == Where.ENTRY);
            }

            @Override
            public void accept(CodeBuilder code, CodeElement element) {
                boolean callee = element instanceof InvokeInstruction call && gap.callee
                        .equals(simpleName(call.owner().asInternalName()) + "." + call.name().stringValue());
                call(code, gap.where == Where.BEFORE && callee
                        || gap.where == Where.RETURN && element instanceof ReturnInstruction);
                code.with(element);
                call(code, gap.where == Where.AFTER && callee);
            }

            private void call(CodeBuilder code, boolean here) {
                if (here) {
                    places.incrementAndGet();
                    code.invokestatic(ClassDesc.of(Failpoints.class.getName()), "reached",
                            MethodTypeDesc.ofDescriptor("()V"));
                }
            }
        };
    }

    private static String simpleName(String internal) {
        return internal.substring(internal.lastIndexOf('/') + 1);
    }

    /** The agent's jar: these classes alone, which need nothing but the JDK. */
    static Path jar(Path into) {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", Failpoints.class.getName());
        List<String> classes = List.of("Failpoints", "Failpoints$1", "Failpoints$2", "Gap", "Gap$Doubt", "Gap$Where");
        try (OutputStream out = Files.newOutputStream(into);
                JarOutputStream jar = new JarOutputStream(out, manifest)) {
            for (String name : classes) {
                String path = "io/caravan/e2e/" + name + ".class";
                jar.putNextEntry(new JarEntry(path));
                try (InputStream bytes = Failpoints.class.getClassLoader().getResourceAsStream(path)) {
                    bytes.transferTo(jar);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return into;
    }
}
