using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using NeuroLab.Infrastructure.Configuration;

namespace NeuroLab.Infrastructure.Identity;

/// <summary>The configured secrets that tokens are signed with. Immutable; never written to a log.</summary>
internal sealed record IdentitySettings
{
    /// <summary>The secret that tokens are signed with. Without it a key is made at the first start and kept in <c>DATA_DIR</c>, or in PostgreSQL.</summary>
    [Setting(SettingGroup.Service, IsSecret = true, Bounds = SecretBounds)]
    public const string SecretName = "Authentication:Jwt:Secret";

    /// <summary>Secrets of before: tokens signed with them are accepted still, and no new one is.</summary>
    [Setting(SettingGroup.Service, IsSecret = true, IsList = true, Bounds = SecretBounds)]
    public const string PreviousSecretsName = "Authentication:Jwt:PreviousSecrets";

    private const string SecretBounds = "32 bytes or more";

    /// <summary>The secret to sign with; null where none is configured.</summary>
    public required byte[]? Secret { get; init; }

    /// <summary>Keys by which tokens are checked only.</summary>
    public required IReadOnlyList<SigningKey> Previous { get; init; }

    /// <summary>Reads the settings.</summary>
    /// <exception cref="OptionsValidationException">One or more are wrong; each failure is a sentence that names its setting, and holds nothing of a secret.</exception>
    public static IdentitySettings Read(IConfiguration configuration)
    {
        var failures = new List<string>();
        var settings = new IdentitySettings
        {
            Secret = configuration[SecretName] is { } text && !string.IsNullOrWhiteSpace(text) ? SecretOf(SecretName, text, failures) : null,
            Previous = [.. SettingList.Read(configuration, PreviousSecretsName, failures).Select(one => SecretOf(one.Key, one.Value, failures)).Where(IsLongEnough).Select(secret => new SigningKey(secret, null))],
        };
        return failures.Count == 0 ? settings : throw new OptionsValidationException(nameof(IdentitySettings), typeof(IdentitySettings), failures);
    }

    private static byte[] SecretOf(string key, string text, List<string> failures)
    {
        var secret = Encoding.UTF8.GetBytes(text);
        if (!IsLongEnough(secret))
        {
            failures.Add(SettingText.Wrong(key, $"has {secret.Length} bytes", $"at least {SigningKey.MinBytes} bytes long", "what 'openssl rand -base64 48' prints"));
        }

        return secret;
    }

    private static bool IsLongEnough(byte[] secret) => secret.Length >= SigningKey.MinBytes;
}
