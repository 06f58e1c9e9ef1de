using System.Text.Json;
using System.Text.Json.Serialization;

namespace NeuroLab.WebApi.Http;

/// <summary>JSON as the contract has it: snake_case, enumerations by name, and nothing let pass on the way in.</summary>
internal static class ApiJson
{
    /// <summary>The rules, read-only.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    /// <summary>Puts the rules into options that the framework owns.</summary>
    public static void Apply(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
    }

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        Apply(options);
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
