using System.Text.Json;

namespace NeuroLab.Application.Experiments;

/// <summary>Translates parameters as they were sent into what the domain understands.</summary>
internal static class RawParameters
{
    /// <summary>Whole numbers written as such become <see cref="long"/>, text <see cref="string"/>, all else a value that no rule accepts.</summary>
    public static IReadOnlyDictionary<string, object?>? From(IReadOnlyDictionary<string, JsonElement>? parameters) =>
        parameters?.ToDictionary(parameter => parameter.Key, parameter => From(parameter.Value), StringComparer.Ordinal);

    private static object? From(JsonElement value)
    {
        switch (value.ValueKind)
        {
            // Neither 10.0 nor 1e9 is read as a whole number: what a client means by them is not for us to guess.
            case JsonValueKind.Number:
                return value.TryGetInt64(out var number) ? number : null;
            case JsonValueKind.String:
                try
                {
                    return value.GetString();
                }
                catch (InvalidOperationException)
                {
                    // Half of a surrogate pair, written as an escape.
                    return null;
                }

            default:
                return null;
        }
    }
}
