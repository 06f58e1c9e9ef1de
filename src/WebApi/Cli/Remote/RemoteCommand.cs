using System.Net;
using System.Text.Json;
using NeuroLab.WebApi.Settings;

namespace NeuroLab.WebApi.Cli.Remote;

/// <summary>The verbs that ask a running service over HTTP. They read where it is and the administrator's key from the settings that the service itself has.</summary>
internal static class RemoteCommand
{
    private const int MostUsers = 1000;

    private static readonly RemoteVerb[] Verbs =
    [
        new("health", "health [--live]", 0, 0, HealthAsync) { TakesLive = true, NeedsKey = false, Patience = TimeSpan.FromSeconds(5) },
        new("stats", "stats", 0, 0, (service, _, output) => ShowAsync("stats", service.GetAsync("api/cache/stats"), service, output)),
        new("entries", "entries [PATTERN] [--limit N]", 0, 1, EntriesAsync) { TakesLimit = true },
        new("explain", "explain KEY", 1, 1, (service, given, output) => ShowAsync("explain", service.GetAsync($"api/cache/explain?key={Uri.EscapeDataString(given.Words[0])}"), service, output)),
        new("clear", "clear PATTERN", 1, 1, (service, given, output) => ShowAsync("clear", service.PostAsync("api/cache/clear", new { pattern = given.Words[0] }), service, output)),
        new("warm", "warm USER ...", 1, MostUsers, WarmAsync),
    ];

    /// <summary>The verb of a name; null where it is none of these.</summary>
    public static RemoteVerb? Find(string name) => Array.Find(Verbs, verb => verb.Name == name);

    /// <summary>Asks a running service.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="IOException">The file with the key cannot be read.</exception>
    public static async Task<int> RunAsync(RemoteVerb verb, RemoteArguments given)
    {
        var output = new RemoteOutput(Console.Out, Console.Error, given.Json, !Console.IsErrorRedirected, TimeProvider.System);
        IConfiguration configuration = Service.CreateBuilder([]).Configuration;
        var (key, mistake) = verb.NeedsKey ? await KeyAsync(given, configuration) : (null, null);

        // Whoever listens at an address that was not meant must not be sent the key.
        string?[] mistakes = [mistake, .. given.Url is null ? ListenAddress.Failures(configuration) : []];
        if (mistakes.OfType<string>().ToList() is { Count: > 0 } wrong)
        {
            return CommandLine.Refuse(Console.Error, wrong);
        }

        if ((given.Url ?? ListenAddress.ForThisMachine(configuration)) is not { } address)
        {
            return CommandLine.Refuse(Console.Error, [$"The settings name no address of HTTP at which the service listens; say by --url where it is, such as {ListenAddress.Default}."]);
        }

        using var service = new RemoteService(address, key, given.Timeout ?? verb.Patience);
        try
        {
            return await verb.RunAsync(service, given, output);
        }
        catch (RemoteUnreachableException exception)
        {
            output.Complain(exception.Message);
            return CommandLine.Unreachable;
        }
    }

    /// <summary>The administrator's key, null for none; or a sentence where it cannot be one.</summary>
    private static async Task<(string? Key, string? Mistake)> KeyAsync(RemoteArguments given, IConfiguration configuration)
    {
        if (given.KeyFile is { } file)
        {
            var text = (await File.ReadAllTextAsync(file)).Trim();
            return (text, ServiceSettings.AdminKeyFailure("The key in the file of --key-file", text));
        }

        var key = configuration[ServiceSettings.AdminApiKeyName];
        return string.IsNullOrWhiteSpace(key) ? (null, null) : (key, ServiceSettings.AdminKeyFailure(ServiceSettings.AdminApiKeyName, key));
    }

    /// <summary>A service that is not ready says what is the matter in an answer like any other; the exit code tells.</summary>
    private static async Task<int> HealthAsync(RemoteService service, RemoteArguments given, RemoteOutput output)
    {
        var probe = await service.GetAsync(given.Live ? "health/live" : "health/ready");
        var shown = given.Live || probe.Status is not (HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable) ? probe : await service.GetAsync("api/dashboard/health");
        if (!shown.IsGood && shown.Status != HttpStatusCode.ServiceUnavailable)
        {
            return Refused("health", shown, service, output);
        }

        output.Answer(shown.Body);
        return probe.IsGood ? CommandLine.Done : CommandLine.Failed;
    }

    private static Task<int> EntriesAsync(RemoteService service, RemoteArguments given, RemoteOutput output)
    {
        var query = new List<string>();
        if (given.Words.Count > 0)
        {
            query.Add($"pattern={Uri.EscapeDataString(given.Words[0])}");
        }

        if (given.Limit is { } limit)
        {
            query.Add($"limit={limit}");
        }

        return ShowAsync("entries", service.GetAsync($"api/cache/entries{(query.Count == 0 ? "" : "?")}{string.Join('&', query)}"), service, output);
    }

    /// <summary>Warms one user after the other. One that cannot be warmed holds up none of the others; what was done is printed in any case.</summary>
    private static async Task<int> WarmAsync(RemoteService service, RemoteArguments given, RemoteOutput output)
    {
        var (answers, exitCode, tried, isStopped) = (new List<JsonElement>(), CommandLine.Done, 0, false);
        while (tried < given.Words.Count && !isStopped)
        {
            var user = given.Words[tried++];
            try
            {
                var answer = await output.WhileAsync($"warming {tried} of {given.Words.Count}", service.PostAsync("api/cache/warm", new { user }));
                if (answer.IsGood)
                {
                    answers.Add(answer.Body);
                    exitCode = IsStale(user, answer.Body, output) ? CommandLine.Failed : exitCode;
                    continue;
                }

                exitCode = Refused($"warm {user}", answer, service, output);
                isStopped = IsRefusedToAll(answer);
            }
            catch (RemoteUnreachableException exception)
            {
                output.Complain(exception.Message);
                (exitCode, isStopped) = (CommandLine.Unreachable, true);
            }
        }

        if (tried < given.Words.Count)
        {
            output.Complain($"warm: stopped; {given.Words.Count - tried} of {given.Words.Count} users were not tried.");
        }

        output.Answers(answers);
        return exitCode;
    }

    /// <summary>Whether there are only old copies of what was to be warmed; says so.</summary>
    private static bool IsStale(string user, JsonElement warmed, RemoteOutput output)
    {
        var stale = warmed.ValueKind == JsonValueKind.Object && warmed.TryGetProperty("stale", out var number)
            && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var count) ? count : 0;
        if (stale > 0)
        {
            output.Complain($"warm {user}: {stale} could not be loaded; old copies are all there is.");
        }

        return stale > 0;
    }

    private static bool IsRefusedToAll(RemoteAnswer answer) => answer.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;

    private static async Task<int> ShowAsync(string verb, Task<RemoteAnswer> asked, RemoteService service, RemoteOutput output)
    {
        var answer = await output.WhileAsync(verb, asked);
        if (!answer.IsGood)
        {
            return Refused(verb, answer, service, output);
        }

        output.Answer(answer.Body);
        return CommandLine.Done;
    }

    /// <summary>Says in one sentence what the service answered in place of what was asked for.</summary>
    private static int Refused(string what, RemoteAnswer answer, RemoteService service, RemoteOutput output)
    {
        var problem = answer.Body.ValueKind == JsonValueKind.Object ? answer.Body : JsonSerializer.SerializeToElement(new { });
        var fields = problem.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Object
            ? string.Concat(errors.EnumerateObject().Select(field => $" {field.Name}: {string.Join(' ', field.Value.EnumerateArray().Select(error => error.GetString()))}"))
            : "";
        var help = IsRefusedToAll(answer)
            ? service.HasKey ? " The key is not this service's Authentication__AdminApiKey." : " Give the administrator's key in Authentication__AdminApiKey, or in a file named by --key-file."
            : "";
        output.Complain($"{what}: {(int)answer.Status} {Text(problem, "detail") ?? Text(problem, "title")}{fields}{help}{(Text(problem, "error_id") is { } id ? $" (error {id})" : "")}");
        return CommandLine.Failed;
    }

    private static string? Text(JsonElement problem, string name) =>
        problem.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}
