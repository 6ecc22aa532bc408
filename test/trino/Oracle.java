import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trino.Session;
import io.trino.plugin.memory.MemoryConnectorFactory;
import io.trino.spi.connector.CatalogSchemaName;
import io.trino.spi.security.PrincipalType;
import io.trino.spi.security.TrinoPrincipal;
import io.trino.spi.type.TimeZoneKey;
import io.trino.testing.LocalQueryRunner;
import io.trino.testing.MaterializedResult;
import io.trino.testing.MaterializedRow;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import static io.trino.testing.TestingSession.testSessionBuilder;

/**
 * Answers statements with Trino's own engine, in this process, over tables in memory.
 *
 * <p>Arguments: a file of statements that make the tables (one JSON string a line), a file of questions
 * ({"id", "sql"} a line) and the file to write answers to ({"id", "types", "rows"} or {"id", "error", "message"}).
 */
public final class Oracle
{
    private static final ObjectMapper JSON = new ObjectMapper();

    private Oracle() {}

    public static void main(String[] arguments)
            throws Exception
    {
        Locale.setDefault(Locale.ENGLISH);
        Session session = testSessionBuilder()
                .setCatalog("awsdatacatalog")
                .setSchema("shop")
                .setTimeZoneKey(TimeZoneKey.UTC_KEY)
                .build();
        LocalQueryRunner runner = LocalQueryRunner.create(session);
        runner.createCatalog("awsdatacatalog", new MemoryConnectorFactory(), Map.of());
        // The runner plans queries but not CREATE SCHEMA.
        runner.inTransaction(transaction -> {
            for (String schema : List.of("shop", "lake")) {
                runner.getMetadata().createSchema(transaction, new CatalogSchemaName("awsdatacatalog", schema), Map.of(), new TrinoPrincipal(PrincipalType.USER, "dp"));
            }
            return null;
        });
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            runner.execute(JSON.readValue(line, String.class));
        }
        try (BufferedReader questions = Files.newBufferedReader(Path.of(arguments[1]));
                BufferedWriter answers = Files.newBufferedWriter(Path.of(arguments[2]), StandardCharsets.UTF_8)) {
            for (String line = questions.readLine(); line != null; line = questions.readLine()) {
                JsonNode question = JSON.readTree(line);
                Map<String, Object> answer = answer(runner, question.get("sql").asText());
                answer.put("id", question.get("id").asText());
                answers.write(JSON.writeValueAsString(answer));
                answers.newLine();
                answers.flush();
            }
        }
        runner.close();
        System.exit(0);
    }

    private static Map<String, Object> answer(LocalQueryRunner runner, String sql)
    {
        Map<String, Object> answer = new TreeMap<>();
        try {
            MaterializedResult result = runner.execute(sql);
            List<Object> rows = new ArrayList<>();
            for (MaterializedRow row : result.getMaterializedRows()) {
                rows.add(plainList(row.getFields()));
            }
            answer.put("types", result.getTypes().stream().map(type -> type.getDisplayName()).toList());
            answer.put("names", result.getColumnNames());
            answer.put("rows", rows);
        }
        catch (Throwable error) {
            answer.put("error", error instanceof io.trino.spi.TrinoException trino ? trino.getErrorCode().getName() : error.getClass().getSimpleName());
            answer.put("message", String.valueOf(error.getMessage()));
        }
        return answer;
    }

    private static List<Object> plainList(List<?> values)
    {
        List<Object> plain = new ArrayList<>();
        for (Object value : values) {
            plain.add(plain(value));
        }
        return plain;
    }

    /** Numbers as text, doubles marked so that they can be compared with a tolerance, maps as sorted pairs. */
    private static Object plain(Object value)
    {
        if (value == null || value instanceof Boolean || value instanceof String) {
            return value;
        }
        if (value instanceof Double || value instanceof Float) {
            return Map.of("double", String.valueOf(value));
        }
        if (value instanceof BigDecimal decimal) {
            return decimal.toPlainString();
        }
        if (value instanceof MaterializedRow row) {
            return plainList(row.getFields());
        }
        if (value instanceof List<?> list) {
            return plainList(list);
        }
        if (value instanceof Map<?, ?> map) {
            TreeMap<String, Object> sorted = new TreeMap<>();
            map.forEach((key, item) -> sorted.put(String.valueOf(key), plain(item)));
            return Map.of("map", sorted);
        }
        if (value instanceof byte[] bytes) {
            StringBuilder hex = new StringBuilder();
            for (byte item : bytes) {
                hex.append(String.format("%02x", item));
            }
            return hex.toString();
        }
        return value.toString();
    }
}
