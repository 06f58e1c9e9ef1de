using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace NeuroLab.IntegrationTests.OpenApi;

/// <summary>An operation of a description, and requests made of what is said of it.</summary>
internal sealed record DescribedOperation(string Method, string Path, JsonObject Node, ApiDescription Description)
{
    private const string Json = "application/json";

    public string Id => Node["operationId"]!.GetValue<string>();

    public bool NeedsSignIn => Node["security"]!.AsArray().Count > 0;

    public bool IsForAdministrators => Node["security"]!.AsArray().Count > 1;

    public bool IsCached => Statuses.Contains(304);

    /// <summary>The body that it takes; null for none.</summary>
    public JsonObject? Body => Node["requestBody"]?["content"]?[Json]?.AsObject();

    /// <summary>Its query parameters.</summary>
    public IEnumerable<JsonObject> Query => Parameters.Where(parameter => parameter["in"]!.GetValue<string>() == "query");

    /// <summary>The statuses that are described.</summary>
    public IEnumerable<int> Statuses => Node["responses"]!.AsObject().Select(answer => int.Parse(answer.Key, CultureInfo.InvariantCulture));

    /// <summary>The status of its success.</summary>
    public int Success => Statuses.Single(status => status is >= 200 and < 300);

    /// <summary>Every body, asked and answered.</summary>
    public IEnumerable<(string Where, JsonObject Body)> Bodies
    {
        get
        {
            if (Body is { } asked)
            {
                yield return ($"{this} body", asked);
            }

            foreach (var status in Statuses)
            {
                foreach (var (type, body) in Answer(status)!["content"]?.AsObject() ?? [])
                {
                    yield return ($"{this} {status} {type}", body!.AsObject());
                }
            }
        }
    }

    private IEnumerable<JsonObject> Parameters => (Node["parameters"]?.AsArray() ?? []).Select(parameter => Description.Resolve(parameter!));

    /// <summary>What is said of the answers of a status; null for nothing.</summary>
    public JsonObject? Answer(int status) => Node["responses"]![status.ToString(CultureInfo.InvariantCulture)] is { } answer ? Description.Resolve(answer) : null;

    /// <summary>A request by the examples.</summary>
    /// <param name="id">What stands for the id in the path.</param>
    /// <param name="members">Members of the body that are others than in the example.</param>
    public HttpRequestMessage Request(Guid? id = null, params (string Name, string Value)[] members)
    {
        var query = string.Join('&', Query.Where(parameter => parameter["required"]?.GetValue<bool>() == true || parameter["example"] is not null)
            .Select(parameter => $"{parameter["name"]}={Uri.EscapeDataString(parameter["example"]!.ToString())}"));
        var request = new HttpRequestMessage(new HttpMethod(Method), Path.Replace("{id}", $"{id ?? Guid.NewGuid():D}", StringComparison.Ordinal) + (query.Length == 0 ? "" : "?" + query));
        if (Body?["example"]?.DeepClone() is JsonObject body)
        {
            foreach (var (name, value) in members)
            {
                body[name] = value;
            }

            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, Json);
        }

        return request;
    }

    /// <summary>A request that is wrong in its body, or else in a parameter.</summary>
    public HttpRequestMessage WrongRequest(Guid id)
    {
        var request = Request(id);
        if (Body is not null)
        {
            request.Content = new StringContent("""{"nobody_knows":1}""", Encoding.UTF8, Json);
        }
        else
        {
            request.RequestUri = new Uri($"{request.RequestUri!.OriginalString.Split('?')[0]}?{Query.First()["name"]}=", UriKind.Relative);
        }

        return request;
    }

    public override string ToString() => $"{Method} {Path}";
}
