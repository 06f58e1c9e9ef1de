using System.Text.Json.Nodes;

namespace NeuroLab.IntegrationTests.OpenApi;

/// <summary>Holds the description against what the service answers, in both directions.</summary>
public sealed class DescribedAnswersTests(SeenAnswers answers) : IClassFixture<SeenAnswers>
{
    /// <summary>What no request causes here. Bodies that do not come are seen with one operation for all.</summary>
    private static readonly string[] NotCaused =
    [
        // These ask nothing and nobody: only the server around them can fail.
        "GET /api/auth/me 500", "GET /api/auth/me 503", "GET /health/live 500",

        // Only a race does: an account or an experiment that is deleted or changed between the reading of a request and its write.
        "POST /api/auth/refresh 409", "POST /api/auth/logout 409", "POST /api/auth/password 409", "DELETE /api/auth/me 404", "DELETE /api/auth/me 409",
        "POST /api/experiments 409", "PATCH /api/experiments/{id} 409", "DELETE /api/experiments/{id} 409",
    ];

    [Fact]
    public void Answers_WhateverIsAsked_AreAsDescribed() =>
        answers.All.SelectMany(one => answers.Description.Complaints(one.Operation, one.Seen)).Distinct().Should().BeEmpty();

    [Fact]
    public void Description_Always_TellsOfNoAnswerThatIsNeverGiven()
    {
        var seen = answers.All.Select(one => $"{one.Operation} {one.Seen.Status}").ToHashSet();
        seen.Should().Contain("POST /api/auth/login 408");

        var described = answers.Description.Operations.SelectMany(operation => operation.Statuses.Where(status => status != 408).Select(status => $"{operation} {status}"));

        described.Except(seen).Should().BeEquivalentTo(NotCaused);
    }

    [Fact]
    public void Examples_OfEveryBody_AreThereAndValid() =>
        answers.Description.Bodies.SelectMany(one => answers.Description.ExampleComplaints(one.Body).Select(complaint => $"{one.Where}: {complaint}")).Should().BeEmpty();

    [Fact]
    public void Parameters_Always_AreDescribedWithTheirBounds()
    {
        var recent = answers.Description.Operations.Single(operation => operation.Id == "getDashboardRecent");
        var limit = recent.Query.Single(parameter => parameter["name"]!.GetValue<string>() == "limit")["schema"]!;

        (limit["minimum"]!.GetValue<int>(), limit["maximum"]!.GetValue<int>(), limit["default"]!.GetValue<int>()).Should().Be((1, 50, 10));
    }

    [Theory]
    [InlineData("/components/headers/Retry-After/schema/minimum", "1000000", "The header Retry-After is not as it is described")]
    [InlineData("/components/headers/ETag/schema/pattern", "\"^never$\"", "The header ETag is not as it is described")]
    [InlineData("/paths/~1api~1dashboard~1summary/get/responses/200/headers/Age", null, "The header Age is there and not described.")]
    [InlineData("/components/headers/Consistency-Token/schema/pattern", "\"^never$\"", "The header Consistency-Token is not as it is described")]
    [InlineData("/paths/~1api~1auth~1login/post/responses/200/headers/Consistency-Token", "{ \"$ref\": \"#/components/headers/Consistency-Token\" }", "The header Consistency-Token is described and not there.")]
    [InlineData("/paths/~1api~1experiments~1{id}/get/responses/404", null, "GET /api/experiments/{id} answers 404, which is not described.")]
    [InlineData("/components/schemas/ExperimentResponse/properties/status/enum", "[\"done\"]", "(enum)")]
    [InlineData("/components/schemas/Freshness/properties/cache_info/properties/ttl_seconds", null, "/cache_info/ttl_seconds")]
    [InlineData("/components/schemas/Freshness/properties/cache_info/properties/source/enum", "[\"memory\",\"origin\",\"stale\"]", "/cache_info/source")]
    [InlineData("/components/schemas/Freshness/properties/cache_info/properties/stale_reason/enum", "[\"origin_error\"]", "/cache_info/stale_reason")]
    [InlineData("/components/schemas/Freshness/properties/cache_info/properties/invalidated", null, "/cache_info/invalidated")]
    [InlineData("/components/schemas/Freshness/properties/failed_operations/items/type", "\"integer\"", "/failed_operations/0")]
    [InlineData("/components/schemas/CopyExplanation/properties/overtaken_by", null, "/memory/overtaken_by")]
    [InlineData("/components/schemas/ResultsResponse/properties/analysis_summary", null, "/results/analysis_summary")]
    [InlineData("/components/schemas/Problem/properties/error_id", null, "/error_id")]
    [InlineData("/components/schemas/MetricsResponse/properties/accuracy/maximum", "1", "(maximum)")]
    [InlineData("/components/schemas/RedisCacheStatistics/properties/used_memory/type", "\"integer\"", "/redis_cache/used_memory")]
    [InlineData("/paths/~1api~1auth~1logout/post/responses/204/content", "{}", "The body is , which is not described.")]
    public void Complaints_WhenTheDescriptionIsWrong_NameWhat(string place, string? value, string complaint)
    {
        var document = JsonNode.Parse(answers.Json)!;
        var names = place[1..].Split('/').Select(name => name.Replace("~1", "/", StringComparison.Ordinal)).ToList();
        var parent = names[..^1].Aggregate(document, (part, name) => part[name]!).AsObject();
        if (value is null)
        {
            parent.Remove(names[^1]).Should().BeTrue();
        }
        else
        {
            parent[names[^1]] = JsonNode.Parse(value);
        }

        var wrong = new ApiDescription(document.ToJsonString());

        var operations = wrong.Operations.ToDictionary(operation => operation.ToString());
        // The first that complains is enough: the answers are many, and of each a schema is evaluated.
        answers.All.SelectMany(one => wrong.Complaints(operations[one.Operation.ToString()], one.Seen)).Any(one => one.Contains(complaint, StringComparison.Ordinal))
            .Should().BeTrue("{0} is wrong", place);
    }
}
