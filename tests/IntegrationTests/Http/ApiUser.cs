using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace NeuroLab.IntegrationTests.Http;

/// <summary>Somebody who is signed in.</summary>
public sealed record ApiUser(HttpClient Client, Guid Id, string Email, string RefreshToken)
{
    public const string Password = "a good password";

    /// <summary>Reads, and expects 200.</summary>
    public async Task<JsonElement> GetAsync(string path)
    {
        using var answer = await Client.GetAsync(path);
        answer.StatusCode.Should().Be(HttpStatusCode.OK, "of {0}", path);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>Reads with headers.</summary>
    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return Client.SendAsync(request);
    }

    /// <summary>Runs an experiment, and returns it.</summary>
    public async Task<JsonElement> RunAsync(string type = "memory", string name = "An experiment")
    {
        using var answer = await Client.PostAsJsonAsync("/api/experiments", new { name, experiment_type = type });
        answer.StatusCode.Should().Be(HttpStatusCode.Created);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("experiment");
    }

    /// <summary>How many experiments there are, by the origin.</summary>
    public async Task<int> CountAsync() => (await GetAsync("/api/experiments?limit=1&force_refresh=true")).GetProperty("total").GetInt32();
}

internal static class JsonExtensions
{
    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    public static bool Flag(this JsonElement element, string name) => element.GetProperty(name).GetBoolean();

    public static string Source(this JsonElement answer) => answer.GetProperty("cache_info").Text("source");

    public static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    /// <summary>Reads a problem, and expects all that every problem has.</summary>
    public static async Task<JsonElement> ProblemAsync(this HttpResponseMessage answer, HttpStatusCode status, params string[] codes)
    {
        answer.StatusCode.Should().Be(status);
        answer.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        answer.Headers.GetValues("X-Correlation-ID").Should().ContainSingle();
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        problem.Text("type").Should().StartWith("urn:neurolab:error:");
        problem.Text("title").Should().NotBeEmpty();
        problem.GetProperty("status").GetInt32().Should().Be((int)status);
        problem.Text("detail").Should().NotBeEmpty().And.NotContain("Exception");
        problem.Text("instance").Should().StartWith("/");
        problem.Text("error_code").Should().BeOneOf(codes);
        problem.Text("error_id").Should().MatchRegex("^[0-9a-f]{32}$");
        return problem;
    }

    /// <summary>The fields that a problem names.</summary>
    public static IEnumerable<string> Fields(this JsonElement problem) => problem.GetProperty("errors").EnumerateObject().Select(field => field.Name);
}
