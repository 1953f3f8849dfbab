package io.caravan.flow;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The program's own step beans against the list of steps and the shipped routes. */
class RouteApiTest {

    private final RouteApi api = RouteApi.scanned();

    @Test
    void findsABeanWithTheRightMethodForEveryStep() {
        RouteApi.STEPS.forEach((bean, methods) -> assertThat(methods).allSatisfy(method -> {
            RouteApi.Refusal refusal = api.refusal(bean, method);
            assertThat(refusal == null || refusal.todo().startsWith("write them as in"))
                    .as(bean + "." + method + ": " + refusal).isTrue();
        }));
    }

    @Test
    void buildsTheShippedRoutesAndTheExampleOnTheProgramsOwnBeans() {
        RouteCheck check = new RouteCheck(api, RouteCheckTest.SET::get);

        assertThat(check.check(null, List.of(Path.of("examples/business-hours/business-hours.camel.yaml")))).isEmpty();
    }

    @Test
    void refusesAWrongNumberOfArgumentsAndSaysTheRightOnes() {
        RouteApi.Refusal refusal = new RouteApi(Map.of("hours", RouteFakes.Hours.class)).refusal("hours",
                "within('09:00')");

        assertThat(refusal).isEqualTo(new RouteApi.Refusal("'hours.within' is called with 1 arguments",
                "write them as in within(String, String, String)"));
    }
}
