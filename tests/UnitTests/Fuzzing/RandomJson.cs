using System.Globalization;
using System.Text;

namespace NeuroLab.UnitTests.Fuzzing;

/// <summary>Well-formed JSON at random, of names and values that come near to what is asked for.</summary>
internal static class RandomJson
{
    private static readonly string[] Names =
    [
        "email", "username", "password", "current_password", "new_password", "refresh_token", "name", "experiment_type", "parameters", "pattern", "duration_minutes", "baseline_bpm", "trials", "stimulus_type", "items_count",
        "test_type", "sampling_rate", "n\\u0061me", "Name", "", "\\ud800", "\\u0000", "größe",
    ];

    private static readonly string[] Texts =
        ["ada@example.org", " ada@example.org ", "ada", "correct horse", "eeg", "heart_rate", "reaction_time", "memory", "visual", "audio", "verbal", "*", "dashboard:*", "", " ", "\\u0007", "\\udfff", "\\ud83d\\ude00", "é", "\u0130@b.c", "-a@b", "a@-b", "@"];

    private static readonly string[] Values = ["null", "true", "0", "-0", "5", "10", "75", "128", "256", "2.0", "1e3", "1e400", "9223372036854775807", "9223372036854775808", "{}", "[]", "[1]"];

    /// <summary>An object with the names given, most of the time, and others.</summary>
    public static byte[] Object(IReadOnlyList<string> wanted, Random random)
    {
        var text = new StringBuilder("{");
        foreach (var name in wanted)
        {
            if (random.Next(24) != 0)
            {
                Member(text, name, random, depth: 1);
            }
        }

        for (var others = random.Next(12) - 9; others > 0; others--)
        {
            Member(text, Names[random.Next(Names.Length)], random, depth: 1);
        }

        if (random.Next(5000) == 0)
        {
            Heavy(text, random);
        }

        return Encoding.UTF8.GetBytes(text.Append('}').ToString());
    }

    /// <summary>Many small members of one with a long name: what is done for each with all that is above it shows here.</summary>
    private static void Heavy(StringBuilder text, Random random)
    {
        text.Append(text[^1] == '{' ? "" : ",").Append('"').Append('x', random.Next(8000)).Append("\":{\"\":0");
        for (var members = random.Next(2500); members > 0; members--)
        {
            text.Append(",\"").Append(random.Next(members)).Append("\":0");
        }

        text.Append('}');
    }

    private static void Member(StringBuilder text, string name, Random random, int depth)
    {
        text.Append(text[^1] == '{' ? "" : ",").Append('"').Append(name).Append("\":");
        if (name == "parameters" && random.Next(6) != 0)
        {
            Members(text, random, depth);
            return;
        }

        switch (random.Next(depth == 1 ? 40 : 4))
        {
            case 0:
                text.Append(Values[random.Next(Values.Length)]);
                break;
            case 1:
                text.Append(random.Next(-5, 1030).ToString(CultureInfo.InvariantCulture));
                break;
            case 2 when depth < 18:
                Members(text, random, depth);
                break;
            case 3 when depth == 1:
                text.Append('"').Append('x', random.Next(1, 1 << random.Next(1, random.Next(32) == 0 ? 12 : 8))).Append('"');
                break;
            default:
                text.Append('"').Append(Texts[random.Next(Texts.Length)]).Append('"');
                break;
        }
    }

    private static void Members(StringBuilder text, Random random, int depth)
    {
        text.Append('{');
        for (var members = random.Next(4); members > 0; members--)
        {
            Member(text, Names[random.Next(Names.Length)], random, depth + 1);
        }

        text.Append('}');
    }
}
