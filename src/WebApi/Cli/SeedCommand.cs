using System.Globalization;
using NeuroLab.Infrastructure.Maintenance;

namespace NeuroLab.WebApi.Cli;

/// <summary>Fills the configured database with sample data.</summary>
/// <param name="Users">How many accounts, 1 to 1,000.</param>
/// <param name="Experiments">How many experiments each, 0 to 100,000.</param>
/// <param name="Days">Over how many days up to now, 1 to 3,650.</param>
/// <param name="Seed">What the experiments are drawn from; the same number makes the same ones.</param>
internal sealed record SeedCommand(int Users, int Experiments, int Days, int Seed)
{
    /// <summary>Reads the verb's options; null where one is unknown, repeated or out of range.</summary>
    public static SeedCommand? Parse(string[] options)
    {
        var command = new SeedCommand(3, 200, 120, 1);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var index = 0; index < options.Length; index++)
        {
            var (name, text) = options[index].Split('=', 2) is [var n, var v] ? (n, v) : (options[index], ++index < options.Length ? options[index] : null);
            if (!seen.Add(name) || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            {
                return null;
            }

            var next = (name, value) switch
            {
                ("--users", >= 1 and <= 1_000) => command with { Users = value },
                ("--experiments", >= 0 and <= 100_000) => command with { Experiments = value },
                ("--days", >= 1 and <= 3_650) => command with { Days = value },
                ("--seed", _) => command with { Seed = value },
                _ => null,
            };
            if (next is null)
            {
                return null;
            }

            command = next;
        }

        return command;
    }

    /// <summary>Writes the sample data and prints how to sign in.</summary>
    public async Task<int> RunAsync(TextWriter output)
    {
        await using var app = Service.Build(QuietLog.Args);
        await app.Services.GetRequiredService<DatabasePreparation>().RunAsync(CancellationToken.None);
        var data = app.Services.GetRequiredService<SampleData>();
        var signIns = await data.AddAsync(
            new SampleDataPlan(Users, Experiments, Days, Seed),
            (done, total) => output.Write(string.Create(CultureInfo.InvariantCulture, $"\r{done} of {total} experiments{(done == total ? "\n" : "")}")),
            CancellationToken.None);
        await output.WriteLineAsync("Sign-ins (e-mail, password):");
        foreach (var signIn in signIns)
        {
            await output.WriteLineAsync($"  {signIn.Email}  {signIn.Password}");
        }

        return CommandLine.Done;
    }
}
