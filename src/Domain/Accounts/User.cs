namespace NeuroLab.Domain.Accounts;

/// <summary>An account. Not thread-safe: one unit of work holds it.</summary>
public sealed class User
{
    private User()
    {
        Email = NormalizedEmail = Username = PasswordHash = "";
    }

    /// <summary>Creates an account without rights.</summary>
    public User(Guid id, string email, string username, string passwordHash, DateTime now)
    {
        Id = id;
        Email = email;
        NormalizedEmail = Normalize(email);
        Username = username;
        PasswordHash = passwordHash;
        CreatedAt = now;
    }

    /// <summary>Its id.</summary>
    public Guid Id { get; private set; }

    /// <summary>The address as it was given.</summary>
    public string Email { get; private set; }

    /// <summary>The address by which the account is found; unique.</summary>
    public string NormalizedEmail { get; private set; }

    /// <summary>The name shown; not unique.</summary>
    public string Username { get; private set; }

    /// <summary>The password's hash, in the hasher's own format.</summary>
    public string PasswordHash { get; private set; }

    /// <summary>Whether it has the role <c>admin</c>. Granted by the executable, never by registering.</summary>
    public bool IsAdmin { get; private set; }

    /// <summary>When it was created, UTC.</summary>
    public DateTime CreatedAt { get; private set; }

    /// <summary>The form of an address by which accounts are compared: trimmed, lower case.</summary>
#pragma warning disable CA1308 // Addresses are shown and compared in lower case everywhere.
    public static string Normalize(string email)
    {
        ArgumentNullException.ThrowIfNull(email);
        return email.Trim().ToLowerInvariant();
    }
#pragma warning restore CA1308

    /// <summary>Sets a new password hash.</summary>
    public void ChangePassword(string passwordHash) => PasswordHash = passwordHash;

    /// <summary>Grants the role <c>admin</c>.</summary>
    public void GrantAdmin() => IsAdmin = true;
}
