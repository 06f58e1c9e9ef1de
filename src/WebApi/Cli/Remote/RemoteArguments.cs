using System.Globalization;

namespace NeuroLab.WebApi.Cli.Remote;

/// <summary>What a verb that asks a running service was given. Immutable.</summary>
internal sealed record RemoteArguments
{
    /// <summary>The words that are no options.</summary>
    public required IReadOnlyList<string> Words { get; init; }

    /// <summary>Where the service is; null: where its settings say.</summary>
    public Uri? Url { get; init; }

    /// <summary>The file with the administrator's key; null: the key is taken from the settings.</summary>
    public string? KeyFile { get; init; }

    /// <summary>How long to wait for one answer; null: as long as the verb takes.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether to print JSON, for scripts.</summary>
    public bool Json { get; init; }

    /// <summary>Whether to ask only if the process answers.</summary>
    public bool Live { get; init; }

    /// <summary>How many entries to list.</summary>
    public int? Limit { get; init; }

    /// <summary>Reads them.</summary>
    /// <param name="verb">The verb that takes them.</param>
    /// <param name="arguments">What stands behind it.</param>
    /// <returns>What was read, or a sentence on what cannot be.</returns>
    public static (RemoteArguments? Read, string? Mistake) Parse(RemoteVerb verb, IReadOnlyList<string> arguments)
    {
        var (words, read) = (new List<string>(), new RemoteArguments { Words = [] });
        for (var index = 0; index < arguments.Count; index++)
        {
            if (!arguments[index].StartsWith("--", StringComparison.Ordinal))
            {
                words.Add(arguments[index]);
                continue;
            }

            var (name, value) = arguments[index].Split('=', 2) is [var n, var v] ? (n, v) : (arguments[index], null);
            if (name is "--json" or "--live" && value is null)
            {
                read = name == "--json" ? read with { Json = true } : read with { Live = true };
            }
            else if ((value ?? (++index < arguments.Count ? arguments[index] : null)) is not { } given)
            {
                return (null, $"{verb.Name}: '{name}' is no option, or needs a value.");
            }
            else if (With(read, name, given) is { } more)
            {
                read = more;
            }
            else
            {
                return (null, $"{verb.Name}: '{name}' is no option, or its value is out of range.");
            }
        }

        var mistake = words.Count < verb.LeastWords || words.Count > verb.MostWords ? $"{verb.Name}: expected '{verb.Usage}'."
            : (read.Live && !verb.TakesLive) || (read.Limit is not null && !verb.TakesLimit) ? $"{verb.Name}: an option is of another verb."
            : null;
        return mistake is null ? (read with { Words = words }, null) : (null, mistake);
    }

    private static RemoteArguments? With(RemoteArguments read, string name, string value) => name switch
    {
        "--url" when Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0 => read with { Url = url },
        "--key-file" when value.Length > 0 => read with { KeyFile = value },
        "--timeout" when Number(value, 3600) is { } seconds => read with { Timeout = TimeSpan.FromSeconds(seconds) },
        "--limit" when Number(value, 1000) is { } limit => read with { Limit = limit },
        _ => null,
    };

    private static int? Number(string text, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most ? number : null;
}
