package io.caravan.flow;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.SimpleBeanDefinitionRegistry;
import org.springframework.context.annotation.AnnotationBeanNameGenerator;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.objenesis.ObjenesisStd;
import org.springframework.stereotype.Component;
import org.springframework.util.ClassUtils;

/**
 * What route steps may call: bean names and methods. {@code routes/README.md} tells the same to people; a name is added here and there,
 * and removed never.
 *
 * <p>Knows the classes behind the names without starting anything, so that a call can be checked against its signature.
 */
public final class RouteApi {

    static final Map<String, Set<String>> STEPS = Map.ofEntries(
            Map.entry("dropFolder", Set.of("take")),
            Map.entry("runs", Set.of("due", "advance")),
            Map.entry("breakers", Set.of("apply")),
            Map.entry("pump", Set.of("claim")),
            Map.entry("batches", Set.of("take", "giveBack", "hold")),
            Map.entry("renderer", Set.of("render")),
            Map.entry("gate", Set.of("pass")),
            Map.entry("signer", Set.of("sign")),
            Map.entry("sender", Set.of("send")),
            Map.entry("results", Set.of("log", "csv")),
            Map.entry("hours", Set.of("within", "opening")),
            Map.entry("failures", Set.of("giveBack")),
            Map.entry("housekeeping", Set.of("sweep")));

    private static final Pattern CALL = Pattern.compile("(\\w+)(?:\\((.*)\\))?", Pattern.DOTALL);
    private static final Pattern ARGUMENT = Pattern
            .compile("'[^']*'|\"[^\"]*\"|-?\\d+|true|false|null|\\$\\{[^}]*}|\\{\\{[^}]*}}");

    private final Map<String, Class<?>> classes;

    /** @param classes the class behind each bean name */
    public RouteApi(Map<String, Class<?>> classes) {
        this.classes = new TreeMap<>(classes);
    }

    /** The components of this package, found without starting Spring. */
    public static RouteApi scanned() {
        var scanner = new ClassPathScanningCandidateComponentProvider(false);
        scanner.addIncludeFilter(new AnnotationTypeFilter(Component.class));
        var names = new SimpleBeanDefinitionRegistry();
        Map<String, Class<?>> classes = new LinkedHashMap<>();
        for (BeanDefinition found : scanner.findCandidateComponents(RouteApi.class.getPackageName())) {
            String name = AnnotationBeanNameGenerator.INSTANCE.generateBeanName(found, names);
            if (STEPS.containsKey(name)) {
                classes.put(name, ClassUtils.resolveClassName(String.valueOf(found.getBeanClassName()),
                        RouteApi.class.getClassLoader()));
            }
        }
        return new RouteApi(classes);
    }

    /** Why a step may not call this, as {@code what; what to do}, or null if it may. */
    @Nullable
    Refusal refusal(String bean, String call) {
        Set<String> methods = STEPS.get(bean);
        if (methods == null) {
            return new Refusal("there is no step bean '" + bean + "'",
                    "use one of " + String.join(", ", new TreeMap<>(STEPS).keySet()));
        }
        Matcher parts = CALL.matcher(call.strip());
        if (!parts.matches() || !methods.contains(parts.group(1))) {
            return new Refusal("'" + bean + "' has no step '" + call + "'",
                    "use " + String.join(" or ", methods.stream().sorted().map(m -> bean + "." + m).toList()));
        }
        List<String> given = parts.group(2) == null ? null : arguments(parts.group(2));
        if (given != null && !given.stream().allMatch(a -> ARGUMENT.matcher(a).matches())) {
            return new Refusal("'" + call + "' has an argument that is no plain value",
                    "write 'text', a number, true, false, ${...} or {{...}}");
        }
        return signature(bean, parts.group(1), given);
    }

    private @Nullable Refusal signature(String bean, String name, @Nullable List<String> given) {
        Class<?> type = classes.get(bean);
        if (type == null) {
            return new Refusal("this program has no bean '" + bean + "'", "this is a fault of the program: report it");
        }
        List<Method> candidates = Arrays.stream(type.getMethods())
                .filter(m -> m.getName().equals(name) && !m.isBridge() && !Modifier.isStatic(m.getModifiers()))
                .toList();
        if (candidates.isEmpty()) {
            return new Refusal("this program's bean '" + bean + "' lacks '" + name + "'",
                    "this is a fault of the program: report it");
        }
        if (candidates.stream().anyMatch(m -> fits(m, given))) {
            return null;
        }
        return new Refusal(
                "'" + bean + "." + name + "' is called with " + (given == null ? "no" : given.size()) + " arguments",
                "write them as in " + shown(candidates.getFirst()));
    }

    private static boolean fits(Method method, @Nullable List<String> given) {
        Class<?>[] wanted = Arrays.stream(method.getParameterTypes()).filter(type -> type != Exchange.class)
                .toArray(Class<?>[]::new);
        if (given == null) {
            return wanted.length <= 1; // the body is the only argument that Camel can guess
        }
        if (given.size() != wanted.length) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            boolean number = given.get(i).matches("-?\\d+");
            if (number && !ClassUtils.isPrimitiveOrWrapper(wanted[i]) && wanted[i] != Object.class) {
                return false;
            }
        }
        return true;
    }

    /** What a route must give: Camel itself fills in its own types, such as the exchange. */
    private static Class<?>[] wanted(Method method) {
        return Arrays.stream(method.getParameterTypes()).filter(type -> !type.getName().startsWith("org.apache.camel."))
                .toArray(Class[]::new);
    }

    private static String shown(Method method) {
        return method.getName() + "("
                + String.join(", ", Arrays.stream(wanted(method)).map(Class::getSimpleName).toList()) + ")";
    }

    private static List<String> arguments(String text) {
        List<String> arguments = new ArrayList<>();
        StringBuilder current = new StringBuilder();
        char quote = 0;
        for (char c : text.toCharArray()) {
            if (quote == 0 && c == ',') {
                arguments.add(current.toString().strip());
                current.setLength(0);
                continue;
            }
            quote = quote == 0 && (c == '\'' || c == '"') ? c : c == quote ? 0 : quote;
            current.append(c);
        }
        if (!arguments.isEmpty() || !current.toString().isBlank()) {
            arguments.add(current.toString().strip());
        }
        return arguments;
    }

    /** Objects with the right methods that are never called: made without running a constructor. */
    Map<String, Object> standIns() {
        ObjenesisStd maker = new ObjenesisStd();
        Map<String, Object> made = new TreeMap<>();
        classes.forEach((name, type) -> made.put(name, maker.newInstance(type)));
        return made;
    }

    /** Why not, and what to do. */
    record Refusal(String what, String todo) {
    }
}
