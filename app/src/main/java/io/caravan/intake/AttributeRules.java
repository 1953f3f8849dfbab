package io.caravan.intake;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.caravan.mail.InvalidInput;
import io.caravan.mail.InvalidInput.Problem;

/** What a person's attributes may be when somebody types them: the same as when they come in by a file. */
public final class AttributeRules {

    private AttributeRules() {
    }

    /**
     * The attributes as a file with these columns would bring them: names in their usual form, empty values left out.
     *
     * @throws InvalidInput with everything that is wrong; the fields are {@code attributes} and {@code attributes.NAME}
     */
    public static Map<String, String> checked(Map<String, String> typed, CsvLimits limits) {
        List<String> columns = new ArrayList<>(List.of(ColumnNames.EMAIL));
        columns.addAll(typed.keySet());
        List<Problem> problems = new ArrayList<>();
        try {
            ColumnHeader.of(columns, "the attributes", limits, true);
        } catch (InvalidInput e) {
            e.problems().forEach(problem -> problems.add(new Problem("attributes", "", problem)));
        }
        Map<String, String> checked = new LinkedHashMap<>();
        long octets = 0;
        for (Map.Entry<String, String> each : typed.entrySet()) {
            String name = ColumnNames.attribute(each.getKey());
            String value = each.getValue().strip();
            if (name.isEmpty() && !value.isEmpty()) {
                problems.add(new Problem("attributes", "",
                        "a value stands without a name: name the attribute, or empty the value"));
            } else if (value.chars()
                    .anyMatch(c -> c < ' ' && c != '\n' && c != '\r' && c != '\t' || c >= 0x7f && c < 0xa0)) {
                problems.add(new Problem("attributes." + name, "",
                        "the attribute '" + name + "' has a control character in it: remove it"));
            } else if (!value.isEmpty()) {
                checked.put(name, value);
                octets += (name + value).getBytes(StandardCharsets.UTF_8).length;
            }
        }
        if (octets > limits.attributes()) {
            problems.add(new Problem("attributes", "",
                    "these are more than the %,d bytes of attributes that a contact may have: shorten them"
                            .formatted(limits.attributes())));
        }
        if (!problems.isEmpty()) {
            throw InvalidInput.of(problems);
        }
        return checked;
    }
}
