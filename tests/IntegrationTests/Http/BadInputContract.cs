using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace NeuroLab.IntegrationTests.Http;

[Collection(SqliteApiCollection.Name)]
public sealed class BadInputOnSqlite(SqliteApi api) : BadInputContract(api);

[Collection(ServersApiCollection.Name)]
public sealed class BadInputOnServers(ServersApi api) : BadInputContract(api);

public abstract class BadInputContract(ApiHost api)
{
    /// <summary>Bodies of <c>POST /api/experiments</c>, and the field that each gets wrong.</summary>
    public static TheoryData<string, string> BadExperiments()
    {
        var long201 = new string('n', 201);
        return new TheoryData<string, string>
        {
            { "", "body" },
            { "null", "body" },
            { "[]", "body" },
            { "\"text\"", "body" },
            { "{", "body" },
            { "{\"name\":\"n\",\"experiment_type\":\"memory\"} {}", "body" },
            { "{\"name\":\"n\",\"experiment_type\":\"memory\",}", "body" },
            { "{'name':'n'}", "body" },
            { "{\"experiment_type\":\"memory\"}", "name" },
            { "{\"name\":null,\"experiment_type\":\"memory\"}", "name" },
            { "{\"name\":1,\"experiment_type\":\"memory\"}", "name" },
            { "{\"name\":[\"n\"],\"experiment_type\":\"memory\"}", "name" },
            { "{\"name\":\"\",\"experiment_type\":\"memory\"}", "name" },
            { "{\"name\":\"   \",\"experiment_type\":\"memory\"}", "name" },
            { $"{{\"name\":\"{long201}\",\"experiment_type\":\"memory\"}}", "name" },
            { "{\"name\":\"a\\u0000b\",\"experiment_type\":\"memory\"}", "name" },
            { "{\"name\":\"\\ud800\",\"experiment_type\":\"memory\"}", "name" },
            { "{\"name\":\"n\",\"name\":\"m\",\"experiment_type\":\"memory\"}", "name" },
            { "{\"name\":\"n\"}", "experiment_type" },
            { "{\"name\":\"n\",\"experiment_type\":\"telepathy\"}", "experiment_type" },
            { "{\"name\":\"n\",\"experiment_type\":\"Memory\"}", "experiment_type" },
            { "{\"name\":\"n\",\"experiment_type\":2}", "experiment_type" },
            { "{\"name\":\"n\",\"experiment_type\":\"memory\",\"status\":\"completed\"}", "status" },
            { "{\"name\":\"n\",\"experiment_type\":\"memory\",\"Name\":\"m\"}", "Name" },
            { "{\"name\":\"n\",\"experiment_type\":\"memory\",\"parameters\":[]}", "parameters" },
            { "{\"name\":\"n\",\"experiment_type\":\"memory\",\"parameters\":\"x\"}", "parameters" },
            { "{\"name\":\"n\",\"experiment_type\":\"memory\",\"parameters\":{\"trials\":5}}", "parameters.trials" },
            { "{\"name\":\"n\",\"experiment_type\":\"memory\",\"parameters\":{\"test_type\":\"smell\"}}", "parameters.test_type" },
            { "{\"name\":\"n\",\"experiment_type\":\"memory\",\"parameters\":{\"items_count\":5,\"items_count\":6}}", "parameters.items_count" },
            { Heart("0"), "parameters.duration_minutes" },
            { Heart("61"), "parameters.duration_minutes" },
            { Heart("null"), "parameters.duration_minutes" },
            { Heart("\"x\""), "parameters.duration_minutes" },
            { Heart("\"5\""), "parameters.duration_minutes" },
            { Heart("1e9"), "parameters.duration_minutes" },
            { Heart("5.5"), "parameters.duration_minutes" },
            { Heart("99999999999999999999"), "parameters.duration_minutes" },
            { Heart("true"), "parameters.duration_minutes" },
            { Heart("{}"), "parameters.duration_minutes" },
        };

        static string Heart(string value) => $$$"""{"name":"n","experiment_type":"heart_rate","parameters":{"duration_minutes":{{{value}}}}}""";
    }

    [Theory]
    [MemberData(nameof(BadExperiments))]
    public async Task CreateExperiment_WhenTheBodyIsWrong_NamesTheFieldAndStoresNothing(string body, string field)
    {
        var user = await User();

        using var answer = await user.Client.PostAsync("/api/experiments", JsonExtensions.Json(body));

        var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest, "VALIDATION_ERROR");
        problem.Fields().Should().Contain(field);
        (await user.CountAsync()).Should().Be(0);
    }

    [Theory]
    [InlineData("/api/experiments?limit=abc", "limit")]
    [InlineData("/api/experiments?limit=-1", "limit")]
    [InlineData("/api/experiments?limit=0", "limit")]
    [InlineData("/api/experiments?limit=1000", "limit")]
    [InlineData("/api/experiments?limit=", "limit")]
    [InlineData("/api/experiments?limit=5&limit=6", "limit")]
    [InlineData("/api/experiments?limit=1.5", "limit")]
    [InlineData("/api/experiments?limit=%205", "limit")]
    [InlineData("/api/experiments?limit=99999999999999", "limit")]
    [InlineData("/api/experiments?offset=-1", "offset")]
    [InlineData("/api/experiments?experiment_type=telepathy", "experiment_type")]
    [InlineData("/api/experiments?status=done", "status")]
    [InlineData("/api/experiments?force_refresh=yes", "force_refresh")]
    [InlineData("/api/dashboard/summary?force_refresh=1", "force_refresh")]
    [InlineData("/api/dashboard/charts?period=8d", "period")]
    [InlineData("/api/dashboard/charts?experiment_type=*", "experiment_type")]
    [InlineData("/api/dashboard/recent?limit=51", "limit")]
    [InlineData("/api/dashboard/recent?days=0", "days")]
    [InlineData("/api/dashboard/recent?days=366", "days")]
    public async Task Get_WhenAParameterIsWrong_NamesIt(string path, string field)
    {
        var user = await User();

        using var answer = await user.Client.GetAsync(path);

        var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest, "VALIDATION_ERROR");
        problem.Fields().Should().Equal(field);
    }

    [Theory]
    [InlineData("register", "{\"email\":\"not an address\",\"username\":\"u\",\"password\":\"long enough\"}", "email")]
    [InlineData("register", "{\"email\":\"bad@example.org\",\"username\":\"\",\"password\":\"long enough\"}", "username")]
    [InlineData("register", "{\"email\":\"bad@example.org\",\"username\":\"u\",\"password\":\"short\"}", "password")]
    [InlineData("register", "{\"email\":\"bad@example.org\",\"username\":\"u\",\"password\":\"long enough\",\"roles\":[\"admin\"]}", "roles")]
    [InlineData("register", "{\"email\":\"bad@example.org\",\"username\":\"u\",\"password\":\"long enough\",\"is_admin\":true}", "is_admin")]
    [InlineData("login", "{\"email\":\"bad@example.org\"}", "password")]
    [InlineData("login", "{\"email\":{},\"password\":\"x\"}", "email")]
    [InlineData("refresh", "{}", "refresh_token")]
    public async Task Auth_WhenTheBodyIsWrong_NamesTheField(string call, string body, string field)
    {
        using var answer = await api.Anonymous.PostAsync($"/api/auth/{call}", JsonExtensions.Json(body));

        var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest, "VALIDATION_ERROR");
        problem.Fields().Should().Contain(field);
        using var login = await api.Anonymous.PostAsync("/api/auth/login", JsonExtensions.Json("{\"email\":\"bad@example.org\",\"password\":\"long enough\"}"));
        login.StatusCode.Should().BeOneOf(HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task CreateExperiment_WhenTheContentTypeIsNotJson_Is415(string? type)
    {
        var user = await User();
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes("{\"name\":\"n\",\"experiment_type\":\"memory\"}"));
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);

        using var answer = await user.Client.PostAsync("/api/experiments", content);

        await answer.ProblemAsync(HttpStatusCode.UnsupportedMediaType, "VALIDATION_ERROR");
        (await user.CountAsync()).Should().Be(0);
    }

    [Fact]
    public async Task CreateExperiment_WhenThereIsNoBody_Is400()
    {
        var user = await User();

        using var answer = await user.Client.PostAsync("/api/experiments", null);

        (await answer.ProblemAsync(HttpStatusCode.BadRequest, "VALIDATION_ERROR")).Fields().Should().Equal("body");
    }

    [Fact]
    public async Task CreateExperiment_WhenTheBodyIsTooLarge_Is413()
    {
        var user = await User();

        using var answer = await user.Client.PostAsync("/api/experiments", JsonExtensions.Json($"{{\"name\":\"{new string('n', 70_000)}\",\"experiment_type\":\"memory\"}}"));

        await answer.ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "VALIDATION_ERROR");
        (await user.CountAsync()).Should().Be(0);
    }

    [Theory]
    [InlineData("GET", "/", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/nothing", HttpStatusCode.NotFound)]
    [InlineData("POST", "/api/experiments/1/2/3", HttpStatusCode.NotFound)]
    [InlineData("PUT", "/api/experiments", HttpStatusCode.MethodNotAllowed)]
    [InlineData("DELETE", "/api/dashboard/summary", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/api/auth/login", HttpStatusCode.MethodNotAllowed)]
    public async Task AnyRequest_WhenRouteOrMethodIsUnknown_IsAProblemToo(string method, string path, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var answer = await api.Anonymous.SendAsync(request);

        await answer.ProblemAsync(status, status == HttpStatusCode.NotFound ? "NOT_FOUND" : "VALIDATION_ERROR");
        if (status == HttpStatusCode.MethodNotAllowed)
        {
            answer.Content.Headers.Allow.Should().NotBeEmpty();
        }
    }

    private Task<ApiUser> User() => api.IdleUserAsync();
}
