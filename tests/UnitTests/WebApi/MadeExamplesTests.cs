using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using NeuroLab.WebApi.OpenApi;

namespace NeuroLab.UnitTests.WebApi;

public sealed class MadeExamplesTests
{
    private readonly OpenApiDocument _document = new();

    [Fact]
    public void Of_WhenASchemaHasEveryKindOfMember_HasAValueForEach()
    {
        _document.AddComponent("Part", Object(("count", new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "3" })));
        var schema = new OpenApiSchema
        {
            AllOf =
            [
                new OpenApiSchemaReference("Part", _document),
                Object(
                    ("id", new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid" }),
                    ("name", new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Null, MinLength = 6 }),
                    ("kind", new OpenApiSchema { Type = JsonSchemaType.String, Enum = [JsonValue.Create("one"), JsonValue.Create("two")] }),
                    ("limit", new OpenApiSchema { Type = JsonSchemaType.Integer, Default = JsonValue.Create(50) }),
                    ("days", new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String, Format = "date" } }),
                    ("means", new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Number } }),
                    ("part", new OpenApiSchema { OneOf = [new OpenApiSchema { Type = JsonSchemaType.Null }, new OpenApiSchemaReference("Part", _document)] })),
            ],
        };

        MadeExamples.Of(schema, _document)!.ToJsonString().Should().Be(
            """{"count":3,"id":"0199c1a4-7c52-7b6e-9d3f-2f6d5a1e8b44","name":"text..","kind":"one","limit":50,"days":["2026-03-14"],"means":{"name":1.5},"part":{"count":3}}""");
    }

    [Fact]
    public void Of_WhenASchemaHoldsItself_ComesToAnEnd()
    {
        _document.AddComponent("Tree", Object(("child", new OpenApiSchemaReference("Tree", _document))));

        MadeExamples.Of(new OpenApiSchemaReference("Tree", _document), _document)!.ToJsonString().Should().StartWith("""{"child":{"child":""").And.Contain("null");
    }

    private static OpenApiSchema Object(params (string Name, IOpenApiSchema Schema)[] members) =>
        new() { Type = JsonSchemaType.Object, Properties = members.ToDictionary(member => member.Name, member => member.Schema) };
}
