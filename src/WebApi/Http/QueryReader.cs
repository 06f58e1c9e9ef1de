using System.Globalization;
using NeuroLab.Application.Common;
using NeuroLab.WebApi.OpenApi;

namespace NeuroLab.WebApi.Http;

/// <summary>A query parameter, as it is read and as it is described.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">One sentence for the API's description.</param>
internal abstract record QueryParameter(string Name, string Description)
{
    /// <summary>A value for the API's description; null where the description has one of its own.</summary>
    public string? Example { get; init; }
}

/// <summary>A whole number between two bounds, both included.</summary>
internal sealed record IntParameter(string Name, string Description, int Default, int Minimum, int Maximum) : QueryParameter(Name, Description);

/// <summary>One of a few words. Without a default it may be left out.</summary>
internal sealed record WordParameter(string Name, string Description, string? Default, IReadOnlyList<string> Words) : QueryParameter(Name, Description);

/// <summary><c>true</c> or <c>false</c>; false where it is left out.</summary>
internal sealed record FlagParameter(string Name, string Description) : QueryParameter(Name, Description);

/// <summary>Any text that is not empty.</summary>
internal sealed record TextParameter(string Name, string Description, int MaxLength) : QueryParameter(Name, Description)
{
    /// <summary>Whether it must be there.</summary>
    public bool IsRequired { get; init; }
}

/// <summary>Reads query parameters strictly, and collects what is wrong with them. Parameters that nobody asks for are ignored. Not thread-safe.</summary>
/// <param name="query">The parameters that were sent.</param>
/// <param name="notes">What the endpoint is described with; null: not held against it.</param>
internal sealed class QueryReader(IQueryCollection query, EndpointNotes? notes = null)
{
    private Dictionary<string, IReadOnlyList<string>>? _errors;

    /// <summary>Reads the parameters of a request. Reading one that its endpoint is not described with throws.</summary>
    public static QueryReader Of(HttpContext http) => new(http.Request.QueryString.HasValue ? http.Request.Query : QueryCollection.Empty, http.GetEndpoint()?.Metadata.GetMetadata<EndpointNotes>());

    /// <summary>Reads a number; its default where it is left out or wrong.</summary>
    public int Int(IntParameter parameter)
    {
        if (!TryGet(parameter, out var text))
        {
            return parameter.Default;
        }

        // The framework's reader of numbers passes over NUL at the end.
        if (text[^1] != '\0' && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= parameter.Minimum && value <= parameter.Maximum)
        {
            return value;
        }

        var upTo = parameter.Maximum == int.MaxValue ? "" : $" to {parameter.Maximum}";
        return Wrong(parameter, $"Must be a whole number from {parameter.Minimum}{upTo}.", parameter.Default);
    }

    /// <summary>Reads a word; its default where it is left out or wrong.</summary>
    public string? Word(WordParameter parameter)
    {
        if (!TryGet(parameter, out var text))
        {
            return parameter.Default;
        }

        return parameter.Words.Contains(text) ? text : Wrong(parameter, $"Must be one of: {string.Join(", ", parameter.Words)}.", parameter.Default);
    }

    /// <summary>Reads a flag.</summary>
    public bool Flag(FlagParameter parameter)
    {
        if (!TryGet(parameter, out var text))
        {
            return false;
        }

        return text switch
        {
            "true" => true,
            "false" => false,
            _ => Wrong(parameter, "Must be true or false.", false),
        };
    }

    /// <summary>Reads text; null where it is left out or wrong.</summary>
    public string? Text(TextParameter parameter)
    {
        if (!TryGet(parameter, out var text))
        {
            return parameter.IsRequired && _errors?.ContainsKey(parameter.Name) != true ? Wrong<string?>(parameter, "Must be there.", null) : null;
        }

        return text.Length <= parameter.MaxLength && !text.Any(char.IsControl)
            ? text
            : Wrong<string?>(parameter, $"Must have 1 to {parameter.MaxLength} characters, and no control characters.", null);
    }

    /// <summary>Refuses the request where anything read so far was wrong.</summary>
    /// <exception cref="RequestValidationException">Something was.</exception>
    public void ThrowIfInvalid()
    {
        if (_errors is not null)
        {
            throw new RequestValidationException(_errors);
        }
    }

    private bool TryGet(QueryParameter parameter, out string text)
    {
        text = "";
        if (notes?.Reads(parameter) == false)
        {
            throw new InvalidOperationException($"The query parameter {parameter.Name} is read, and its endpoint is not described with it: name it among the endpoint's parameters.");
        }

        if (!query.TryGetValue(parameter.Name, out var values))
        {
            return false;
        }

        if (values.Count != 1)
        {
            return Wrong(parameter, "Must be there at most once.", false);
        }

        text = values[0] ?? "";
        return text.Length > 0 || Wrong(parameter, "Must not be empty.", false);
    }

    private T Wrong<T>(QueryParameter parameter, string message, T instead)
    {
        (_errors ??= new(StringComparer.Ordinal))[parameter.Name] = [message];
        return instead;
    }
}
