using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.RegularExpressions;
using Json.Schema;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using NeuroLab.IntegrationTests.Http;
using NeuroLab.WebApi.OpenApi;

namespace NeuroLab.IntegrationTests.OpenApi;

/// <summary>What the description says of members: words, bounds and examples.</summary>
[Collection(SqliteApiCollection.Name)]
public sealed partial class DescriptionTextTests(SqliteApi api)
{
    /// <summary>Numbers that may be less than nothing, or anything.</summary>
    private static readonly string[] Unbounded =
    [
        "CacheEntryInfo.ttl_seconds", "CopyExplanation.ttl_seconds", "CopyExplanation.stale_ttl_seconds", "CopyExplanation.memory_ttl_seconds",
        "DataPointResponse.value", "MetricsResponse.mean", "MetricsResponse.min", "MetricsResponse.max",
        "MetricsResponse.alpha_avg", "MetricsResponse.beta_avg", "MetricsResponse.theta_avg", "MetricsResponse.delta_avg",
    ];

    [Fact]
    public async Task Numbers_InEverySchema_HaveALeastOne()
    {
        var without =
            from schema in await SchemasAsync()
            from member in schema.Value!["properties"]?.AsObject() ?? []
            where member.Value!["type"] is { } type && Regex.IsMatch(type.ToJsonString(), "integer|number") && member.Value["minimum"] is null
            select $"{schema.Key}.{member.Key}";

        without.Should().BeEquivalentTo(Unbounded);
    }

    [Fact]
    public async Task Texts_InEveryBodyThatIsRead_HaveBoundsOrWords()
    {
        var texts =
            from schema in await SchemasAsync()
            where schema.Key.EndsWith("Body", StringComparison.Ordinal)
            from member in schema.Value!["properties"]!.AsObject()
            where member.Value!["type"]?.ToJsonString() == "\"string\""
            select ($"{schema.Key}.{member.Key}", member.Value.AsObject());

        texts.Should().HaveCountGreaterThan(8);
        texts.Where(text => !text.Item2.ContainsKey("enum") && !(text.Item2.ContainsKey("minLength") && text.Item2.ContainsKey("maxLength"))).Select(text => text.Item1).Should().BeEmpty();
    }

    [Fact]
    public async Task Choices_ThatMayBeNone_AreWordsOrNull()
    {
        var fails = (await SchemasAsync())["NextRead"]!["properties"]!["if_origin_fails"]!;

        fails["anyOf"]!.ToJsonString().Should().Be("""[{"enum":["stale","unavailable"],"type":"string"},{"type":"null"}]""");
    }

    /// <summary>In the code's comments a parameter is named as it is in the code; a client knows the member by another name.</summary>
    [Fact]
    public async Task Descriptions_OfMembers_NameNoOtherAsTheCodeDoes()
    {
        var named =
            from schema in await SchemasAsync()
            let members = schema.Value!["properties"]?.AsObject() ?? []
            let names = members.Select(member => InCode(member.Key)).Where(name => name != "Redis").ToHashSet()
            from member in members
            from word in Word().Matches(member.Value!["description"]?.GetValue<string>() ?? "").Skip(1)
            where names.Contains(word.Value)
            select $"{schema.Key}.{member.Key}: {word.Value}";

        named.Should().BeEmpty();
    }

    [Theory]
    [InlineData(typeof(TimeOnly), "time")]
    [InlineData(typeof(Uri), "uri")]
    [InlineData(typeof(byte[]), "byte")]
    [InlineData(typeof(TimeSpan), null)]
    public async Task Examples_OfTypesThatNoBodyHasYet_AreValid(Type type, string? format)
    {
        var made = new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Format = format,
            Pattern = JsonSerializerOptions.Web.GetJsonSchemaAsNode(type) is JsonObject schema ? schema["pattern"]?.GetValue<string>() : null,
        };
        await new SchemaNotes().TransformAsync(
            made,
            new OpenApiSchemaTransformerContext
            {
                DocumentName = ServedDescription.Name,
                JsonTypeInfo = JsonSerializerOptions.Web.GetTypeInfo(type),
                JsonPropertyInfo = null,
                ParameterDescription = null,
                ApplicationServices = api.Services,
            },
            CancellationToken.None);

        var example = MadeExamples.Of(made, new OpenApiDocument())!;

        JsonSerializer.Deserialize(example, type).Should().NotBeNull();
        var rule = new JsonObject { ["type"] = "string", ["format"] = made.Format ?? "none", ["pattern"] = made.Pattern ?? "" };
        using var text = JsonDocument.Parse(example.ToJsonString());
        JsonSchema.FromText(rule.ToJsonString()).Evaluate(text.RootElement, new EvaluationOptions { RequireFormatValidation = true }).IsValid.Should().BeTrue("of {0}", example);
    }

    private async Task<JsonObject> SchemasAsync() => JsonNode.Parse(await api.Anonymous.GetStringAsync("/openapi/v1.json"))!["components"]!["schemas"]!.AsObject();

    private static string InCode(string member) => string.Concat(member.Split('_', StringSplitOptions.RemoveEmptyEntries).Select(part => char.ToUpperInvariant(part[0]) + part[1..]));

    [GeneratedRegex("[A-Za-z]+")]
    private static partial Regex Word();
}
