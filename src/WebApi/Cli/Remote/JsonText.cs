using System.Text;
using System.Text.Json;

namespace NeuroLab.WebApi.Cli.Remote;

/// <summary>Writes any JSON for people: members below each other, lists of objects as tables. It knows no member by name, so what a service adds is shown.</summary>
internal static class JsonText
{
    private const int Step = 2;

    /// <summary>The text; ends with a line break.</summary>
    public static string Of(JsonElement element)
    {
        var text = new StringBuilder();
        Write(text, element, 0);
        return text.ToString();
    }

    private static void Write(StringBuilder text, JsonElement element, int indent)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                WriteMembers(text, element, indent);
                break;
            case JsonValueKind.Array when IsTable(element):
                var columns = element.EnumerateArray().SelectMany(row => row.EnumerateObject().Select(member => member.Name)).Distinct().ToList();
                var rows = element.EnumerateArray().Select(row => columns.Select(column => row.TryGetProperty(column, out var cell) ? Inline(cell) : "-").ToArray());
                text.Append(TextTable.Of([.. columns.Select(column => column.ToUpperInvariant())], rows, indent));
                break;
            default:
                text.Append(' ', indent).Append(TextTable.Plain(Inline(element))).Append('\n');
                break;
        }
    }

    private static void WriteMembers(StringBuilder text, JsonElement element, int indent)
    {
        var (simple, nested) = (new List<string[]>(), new List<JsonProperty>());
        foreach (var member in element.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Object || IsTable(member.Value))
            {
                nested.Add(member);
            }
            else
            {
                simple.Add([member.Name, Inline(member.Value)]);
            }
        }

        text.Append(TextTable.Of([], simple, indent));
        foreach (var member in nested)
        {
            text.Append(' ', indent).Append(TextTable.Plain(member.Name)).Append('\n');
            Write(text, member.Value, indent + Step);
        }
    }

    private static bool IsTable(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array && element.GetArrayLength() > 0 && element.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object);

    private static string Inline(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Null => "-",
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        JsonValueKind.String => element.GetString()!,
        JsonValueKind.Array => element.GetArrayLength() == 0 ? "none" : string.Join(", ", element.EnumerateArray().Select(Inline)),
        JsonValueKind.Object => string.Join(", ", element.EnumerateObject().Select(member => $"{member.Name}={Inline(member.Value)}")),
        _ => element.GetRawText(),
    };
}
